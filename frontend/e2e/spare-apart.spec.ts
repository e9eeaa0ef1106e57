import { coded, readsCoded, shown } from './coded'
import { BROKEN, expect, test } from './fixtures'
import { pictures, playing, tile } from './wall'

test.use({ demo: false })

// Its sound needs another decoder, so it cannot follow in the same playlist.
test('a feed whose source is killed goes on with a spare of MP3, which opens in its tile; the other tile plays on', async ({
  page,
  gridwall,
  guard,
}) => {
  test.setTimeout(150_000)
  guard.allow(...BROKEN)
  const [alpha, beta] = [await coded('2'), await coded('2/mp3', '5:7')]
  try {
    gridwall.writeConfig('schedule = []\n[[rule]]\nspare = true\n')
    gridwall.writeSource('alpha', `name = "Alpha"\n${alpha.source()}`)
    gridwall.writeSource('beta', `name = "Beta"\n${beta.source()}`)
    await gridwall.stop()
    await gridwall.start()
    const id = async (site: string, title: string) => {
      const { streams } = await gridwall.get<{ streams: { id: string; site_key: string; title: string }[] }>(
        '/api/v1/streams?all=1',
      )
      return streams.find((s) => s.site_key === site && s.title === title)?.id ?? ''
    }
    await expect.poll(() => id('alpha', 'coded-2s'), { timeout: 60_000 }).not.toBe('')
    await expect.poll(() => id('beta', 'coded-5s-7'), { timeout: 60_000 }).not.toBe('')
    await readsCoded(page)
    await page.goto(`/#/watch?stream=${await id('alpha', 'coded-2s')}`)
    await page.getByRole('button', { name: 'Watch coded-5s-7', exact: true }).click()
    await playing(page, 2)
    await expect
      .poll(async () => JSON.stringify(await gridwall.get('/api/v1/active')), { timeout: 30_000 })
      .toContain('"incompatible"')
    const other = (await pictures(page)).find((p) => p.title === 'coded-5s-7')

    alpha.stop()
    await expect(page.getByRole('status', { name: 'Notices' })).toContainText(
      'coded-2s: Alpha has stopped; going on with Beta.',
      { timeout: 60_000 },
    )
    await expect
      .poll(
        async () => {
          const [first] = (await shown(page)).filter((s) => s.title === 'coded-2s')
          return (first?.now ?? 0) - beta.began - (first?.frame ?? NaN) * 40
        },
        { timeout: 30_000, message: 'the picture of the spare, as far behind as before' },
      )
      .toBeLessThan(20_000)
    await expect(tile(page, 'coded-2s')).toContainText('Beta')
    const after = (await playing(page, 2)).find((p) => p.title === 'coded-5s-7')
    expect(after?.element, 'the other tile keeps its element').toBe(other?.element)
    expect(after?.time, 'the other tile plays on').toBeGreaterThan(other?.time ?? Infinity)
  } finally {
    alpha.stop()
    beta.stop()
  }
})
