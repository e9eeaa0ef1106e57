import { expect, test } from './fixtures'
import { FEEDS, inStep, pictures, playing, tile, watchLive } from './wall'

const [WORLD, ARKWRIGHT, OKONEDO, TIMING] = FEEDS

test('the sound bar mixes, ducks and pans, by keyboard, and no picture stops', async ({ page }) => {
  await watchLive(page)
  const before = await inStep(page, FEEDS.length)
  /** What each tile is heard at: 0 is muted. */
  const sounds = () =>
    page.evaluate(
      (names) =>
        names.map((n) => {
          const v = document.querySelector<HTMLVideoElement>(`[role=group][aria-label="${n}"] video`)
          return !v || v.muted ? 0 : v.volume
        }),
      [...FEEDS],
    )
  await tile(page, WORLD).click({ position: { x: 60, y: 60 } })
  await expect.poll(sounds).toEqual([1, 0, 0, 0])

  await page.keyboard.press('Shift+S')
  const bar = page.getByRole('dialog', { name: 'Sound', exact: true })
  await expect(bar).toBeVisible()
  await bar.getByLabel('The others').focus()
  for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowRight')
  await expect(bar).toContainText('are heard at 10 % of their level')
  await expect.poll(sounds).toEqual([1, 0.1, 0.1, 0.1])

  await bar.getByRole('radio', { name: TIMING }).check()
  await expect.poll(sounds).toEqual([0.1, 0.1, 0.1, 1])
  await expect(bar.getByRole('button', { name: 'One feed' })).toHaveAttribute('aria-pressed', 'true')

  await bar.getByRole('button', { name: 'Mix' }).click()
  await expect.poll(sounds).toEqual([0, 0, 0, 1])
  await bar.getByRole('checkbox', { name: ARKWRIGHT }).check()
  await bar.getByLabel(`Level of ${ARKWRIGHT}`).focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft')
  await expect.poll(sounds).toEqual([0, 0.8, 0, 1])

  // Panned feeds play through WebAudio, which has their levels from then on.
  await bar.getByRole('checkbox', { name: 'One on the left, one on the right' }).check()
  await expect(bar.getByLabel(`Left or right of ${ARKWRIGHT}`)).toHaveValue('-1')
  await expect(bar.getByLabel(`Left or right of ${TIMING}`)).toHaveValue('1')
  await expect.poll(sounds).toEqual([0, 1, 0, 1])
  await page.keyboard.press('Escape')
  await expect(bar).toBeHidden()

  const after = await playing(page, FEEDS.length)
  for (const [i, a] of after.entries()) {
    expect(a.element, `${a.title} is the same element as before`).toBe(before[i]?.element)
    expect(a.time, `${a.title} plays on`).toBeGreaterThan(before[i]?.time ?? Infinity)
  }

  await page.reload()
  await playing(page, FEEDS.length)
  await page.getByRole('button', { name: 'Sound', exact: true }).click()
  await expect(bar.getByRole('button', { name: 'Mix' })).toHaveAttribute('aria-pressed', 'true')
  await expect(bar.getByLabel(`Level of ${ARKWRIGHT}`)).toHaveValue('0.8')
  await expect(bar.getByRole('checkbox', { name: OKONEDO })).not.toBeChecked()
  await expect(bar.getByLabel(`Left or right of ${TIMING}`)).toHaveValue('1')
})

test('a stream without a tile is heard over muted pictures, with its own delay', async ({
  page,
  gridwall,
}) => {
  await page.goto('/#/watch')
  for (const title of [WORLD, TIMING])
    await page.getByRole('button', { name: `Watch ${title}`, exact: true }).click()
  const before = await playing(page, 2)
  await page.keyboard.press('Shift+S')
  const bar = page.getByRole('dialog', { name: 'Sound', exact: true })
  await bar.getByRole('button', { name: 'Add sound without a picture…' }).click()
  await bar.getByLabel('Find a stream to listen to').fill('onboard 44')
  await page.keyboard.press('Enter')
  const radio = page.locator('video[data-radio]')
  const sound = () =>
    radio.evaluate((v: HTMLVideoElement) => ({ muted: v.muted, playing: v.currentTime > 0 && !v.paused }))
  await expect.poll(sound).toEqual({ muted: false, playing: true })
  expect(
    await page.evaluate(() =>
      [...document.querySelectorAll<HTMLVideoElement>('[data-number] video')].map((v) => v.muted),
    ),
  ).toEqual([true, true])
  expect((await gridwall.active()).map((a) => a.title).sort()).toEqual([OKONEDO, TIMING, WORLD])

  await bar.getByRole('button', { name: '+1 s' }).click()
  await bar.getByRole('button', { name: '+50 ms' }).click()
  await expect(bar.getByLabel('Delay', { exact: true })).toHaveValue('1.05')
  await expect
    .poll(async () => (await page.request.get('/api/v1/offsets')).json())
    .toMatchObject({ offsets: [{ feed: OKONEDO, ms: -1050 }] })

  await page.reload()
  await expect.poll(sound).toEqual({ muted: false, playing: true })
  await page.keyboard.press('Shift+S')
  await bar.getByRole('button', { name: `Stop ${OKONEDO}` }).click()
  await expect(radio).toHaveCount(0)
  const after = await pictures(page)
  expect(after.map((p) => p.title)).toEqual(before.map((p) => p.title))
})
