import { expect, test } from './fixtures'
import { Gridwall } from './gridwall'
import { playLowLatency } from './lowlatency'
import { direct, origin } from './origins'
import { pictures, playing, tile } from './wall'

test.describe('with sources of its own', () => {
  test.use({ demo: false })

  test('a low-latency feed plays in a chosen quality, and part by part in a low-latency player', async ({
    page,
    gridwall,
  }) => {
    test.setTimeout(180_000)
    const live = await origin('lowlatency')
    try {
      gridwall.writeSource('ll', direct(live.url, 'Low latency'))
      await page.goto('/#/watch')
      await page.getByRole('button', { name: 'Watch Low latency', exact: true }).click()
      await playing(page, 1)
      const feed = tile(page, 'Low latency')
      await feed.hover()
      await feed.getByRole('button', { name: 'Quality' }).click()
      const small = page.getByRole('menuitemradio', { name: '180p', exact: true })
      await small.click()
      await expect(small, 'a choice closes the menu').toBeHidden()
      await feed.getByRole('button', { name: 'Quality' }).click()
      await expect(small).toBeChecked()
      await page.keyboard.press('Escape')

      // It is stored with the wall, and survives a reload.
      await expect
        .poll(async () => JSON.stringify(await gridwall.get('/api/v1/layouts')))
        .toContain('"quality":"180p"')
      await page.reload()
      await playing(page, 1)
      await feed.hover()
      await feed.getByRole('button', { name: 'Quality' }).click()
      await expect(page.getByRole('menuitemradio', { name: '180p', exact: true })).toBeChecked()
      await page.keyboard.press('Escape')

      const id = (await gridwall.active())[0]?.id ?? ''
      const { variants } = await gridwall.get<{ variants: { name: string; height: number }[] }>(
        `/api/v1/streams/${id}/variants`,
      )
      expect(variants.map((v) => v.height)).toEqual([360, 180])

      // hls.js as other pages use it: in its low-latency mode, at the address with a fixed quality. Without parts it would be
      // three segments of a second behind.
      await page.goto('/#/sources')
      const seen = await playLowLatency(page, `/hls/${id}/index.m3u8?quality=180p`, 3, 3)
      expect(seen.faults).toEqual([])
      expect(seen.levels).toBe(1)
      expect(seen.parts, 'it plays parts').toBeGreaterThan(15)
      expect(seen.ranges, 'the parts join without a gap').toBe(1)
      expect(seen.reloads.late, 'blocking reloads are answered in time').toBeLessThan(
        seen.reloads.answered / 2,
      )
      expect(seen.steady, 'the picture moves without a stall').toBeGreaterThan(3)
      expect(seen.behind, 'it is close to the encoder').toBeLessThan(3)
    } finally {
      live.stop()
    }
  })

  test('a recording has its audio tracks and subtitles, and can be played from any position', async ({
    page,
    gridwall,
  }) => {
    test.setTimeout(180_000)
    const recording = await origin('recording')
    try {
      gridwall.writeSource('rec', direct(recording.url, 'Recording'))
      await page.goto('/#/watch')
      await page.getByRole('button', { name: 'Watch Recording', exact: true }).click()
      await playing(page, 1)
      const feed = tile(page, 'Recording')
      const video = feed.locator('video')
      await feed.hover()
      await feed.getByRole('button', { name: 'Quality' }).click()
      const radio = page.getByRole('menuitemradio', { name: 'Radio', exact: true })
      await radio.click()
      await feed.getByRole('button', { name: 'Quality' }).click()
      await expect(radio).toBeChecked()
      const subtitles = page.getByRole('group', { name: 'Subtitles' }).getByRole('menuitemradio').last()
      await subtitles.click()
      await feed.getByRole('button', { name: 'Quality' }).click()
      await expect(subtitles).toBeChecked()
      await page.keyboard.press('Escape')
      await expect
        .poll(() =>
          video.evaluate((v: HTMLVideoElement) =>
            [...v.textTracks].flatMap((t) => [...(t.activeCues ?? [])].map((c) => (c as VTTCue).text)),
          ),
        )
        .toContain('Box, box')

      await feed.hover()
      const place = feed.getByRole('slider', { name: 'Position of Recording' })
      await place.fill('45')
      await expect.poll(async () => (await pictures(page))[0]?.time ?? 0).toBeGreaterThan(45)
      await expect(place).toHaveAttribute('aria-valuetext', /0:(4|5)\d of 1:00/)
      await feed.getByRole('button', { name: 'From the start' }).click()
      await expect.poll(async () => (await pictures(page))[0]?.time ?? 99).toBeLessThan(20)
      await playing(page, 1)
    } finally {
      recording.stop()
    }
  })
})

test('a feed with a short window can be rewound, stays time-shifted, and goes live again', async ({
  page,
}) => {
  test.setTimeout(150_000)
  const g = new Gridwall(true)
  try {
    g.writeConfig('schedule = []\n[proxy]\nrewind = "10m"\n')
    await g.start()
    await page.goto(`${g.url}/#/watch`)
    await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
    await playing(page, 1)
    const feed = tile(page, 'World feed')
    await feed.hover()
    const slider = feed.getByRole('slider', { name: 'Position of World feed' })
    await expect
      .poll(
        async () => {
          if (!(await slider.isVisible())) return 0
          return Number(await slider.getAttribute('max')) - Number(await slider.getAttribute('min'))
        },
        { timeout: 90_000 },
      )
      .toBeGreaterThan(35)
    const behind = async () => {
      const text = (await slider.getAttribute('aria-valuetext')) ?? ''
      const [m = '0', s = '0'] = (/^(\d+):(\d\d) behind live/.exec(text) ?? []).slice(1)
      return Number(m) * 60 + Number(s)
    }
    const before = await behind()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect.poll(behind).toBeGreaterThan(before + 10)
    await playing(page, 1)
    expect(await behind(), 'it stays time-shifted').toBeGreaterThan(before + 10)
    await page.keyboard.press('l')
    await expect.poll(behind).toBeLessThan(before + 6)
    await playing(page, 1)
  } finally {
    // An open page would log that its server has gone.
    await page.goto('about:blank')
    await g.remove()
  }
})
