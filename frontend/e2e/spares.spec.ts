import { coded, readsCoded, shown, watchCoded } from './coded'
import { BROKEN, expect, test } from './fixtures'
import { playing } from './wall'

/** The length of a segment of the coded feeds, in ms. */
const SEGMENT = 2_000

test.use({ demo: false })

interface Active {
  id: string
  spare?: { stream_id: string; why: string; spares: { stream_id: string; state: string }[] }
}

const spares = [
  { feed: '2', what: 'its spare' },
  { feed: '2/other', what: 'a spare of another resolution and profile, with other sound and other numbers,' },
]
for (const { feed, what } of spares)
  test(`a feed whose first source is killed goes on with ${what} in the same picture at the same time`, async ({
    page,
    gridwall,
    guard,
  }) => {
    test.setTimeout(180_000)
    guard.allow(...BROKEN)
    const [alpha, beta] = [await coded('2'), await coded(feed)]
    try {
      gridwall.writeConfig('schedule = []\n[[rule]]\nspare = true\n')
      gridwall.writeSource('alpha', alpha.source())
      gridwall.writeSource('beta', beta.source())
      await gridwall.stop()
      await gridwall.start()
      let first: string | undefined
      await expect
        .poll(
          async () => {
            const { streams } = await gridwall.get<{ streams: { id: string; site_key: string }[] }>(
              '/api/v1/streams?all=1',
            )
            first = streams.find((s) => s.site_key === 'alpha')?.id
            return streams.length
          },
          { timeout: 60_000 },
        )
        .toBe(2)
      await readsCoded(page)
      await page.goto(`/#/watch?stream=${first ?? ''}`)
      const [before] = await playing(page, 1)
      await page.waitForTimeout(8_000)
      const spare = async () =>
        (await gridwall.get<{ active: Active[] }>('/api/v1/active')).active.find((a) => a.id === first)?.spare
      await expect.poll(async () => (await spare())?.spares[0]?.state).toBe('ready')
      const watched = await watchCoded(page)

      /** How far the picture is behind the camera, in ms. */
      const behind = async (began: number) => {
        let ms = NaN
        await expect(async () => {
          const [s] = await shown(page)
          ms = (s?.now ?? 0) - began - (s?.frame ?? NaN) * 40
          expect(ms).not.toBeNaN()
        }).toPass({ timeout: 10_000 })
        return ms
      }
      const was = await behind(alpha.began)
      alpha.stop()
      await expect.poll(async () => (await spare())?.stream_id, { timeout: 20_000 }).not.toBe(first)
      expect((await spare())?.why).toContain('going on with beta')
      await page.waitForTimeout(20_000)
      const [after] = await playing(page, 1)
      const is = await behind(beta.began)
      const { longest, black, looks } = await watched()
      test.info().annotations.push({
        type: 'measured',
        description: `longest standstill ${longest.toFixed(0)} ms, ${black} of ${looks} looks without a picture; behind the camera ${was.toFixed(0)} ms, then ${is.toFixed(0)} ms`,
      })
      console.log(test.info().annotations.at(-1)?.description)
      expect(after?.element, 'the same picture').toBe(before?.element)
      expect(looks).toBeGreaterThan(100)
      expect(black, 'looks without a picture').toBe(0)
      expect(longest, 'the longest standstill').toBeLessThan(SEGMENT)
      expect(Math.abs(is - was), 'it goes on at the same date time').toBeLessThan(SEGMENT)
    } finally {
      alpha.stop()
      beta.stop()
    }
  })
