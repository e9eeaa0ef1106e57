import { coded, FRAME, readsCoded, shown } from './coded'
import { expect, test } from './fixtures'
import { playing, tile } from './wall'

test.use({ demo: false })

test('a feed without date times is put in step by its sound, another sound is not', async ({
  page,
  gridwall,
}) => {
  test.setTimeout(300_000)
  const origin = await coded('2', '8', '5:7')
  try {
    for (const feed of ['coded-8s', 'coded-5s-7']) await origin.set(feed, 'date=none')
    gridwall.writeSource('coded', origin.source())
    await readsCoded(page)
    await page.goto('/#/watch')
    for (const feed of ['coded-2s', 'coded-8s', 'coded-5s-7'])
      await page.getByRole('button', { name: `Watch ${feed}`, exact: true }).click()
    const before = await playing(page, 3, 90_000)
    await expect(tile(page, 'coded-8s').getByRole('note')).toContainText(/step sound \d+ %/, {
      timeout: 150_000,
    })
    await expect(tile(page, 'coded-2s').getByRole('note')).toContainText('step date time')
    await expect(tile(page, 'coded-5s-7').getByRole('note')).not.toContainText('step')

    // The pictures tell whether it is right.
    const apart = async () => {
      const at = (await shown(page)).map((s) => ({ title: s.title, frame: s.frame }))
      const frame = (title: string) => at.find((s) => s.title === title)?.frame ?? NaN
      return Math.abs(frame('coded-2s') - frame('coded-8s')) * FRAME
    }
    await expect.poll(apart, { timeout: 60_000 }).toBeLessThan(200)
    const after = await playing(page, 3)
    expect(after.map((a) => a.element)).toEqual(before.map((b) => b.element))
  } finally {
    origin.stop()
  }
})
