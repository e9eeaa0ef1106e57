import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, REFUSED, test } from './fixtures'
import { FEEDS, playing, tile } from './wall'

/** Checks that the page has no serious accessibility problem, by all rules in the dark theme and by those about colour in the light. */
async function clean(page: Page, what: string): Promise<void> {
  // Do not check during transitions.
  await page.evaluate(() =>
    // The token meters move all the time; other animations end soon.
    Promise.all(
      document
        .getAnimations()
        .filter((a) => Number(a.effect?.getComputedTiming().endTime) < 500)
        .map((a) => a.finished.catch(() => undefined)),
    ),
  )
  // The page has no frames, so no extra tab is needed to merge results.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  if ((await page.locator('html').getAttribute('data-theme')) === 'light')
    axe.withRules(['color-contrast', 'link-in-text-block'])
  const { violations } = await axe.analyze()
  const grave = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
  expect(
    grave.map(
      (v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.failureSummary ?? ''})`).join('; ')}`,
    ),
    what,
  ).toEqual([])
}

for (const theme of ['dark', 'light'] as const)
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme })

    test('calendar, sources and settings are accessible', async ({ page, guard }) => {
      guard.allow(REFUSED)
      await page.goto('/#/schedule')
      await expect(page.getByRole('article').first()).toBeVisible()
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
      await clean(page, 'Schedule')
      await page.getByRole('button', { name: /past events?/ }).click()
      await clean(page, 'Schedule, past events expanded')
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
      await clean(page, 'the keyboard shortcuts')
      await page.keyboard.press('Escape')

      await page.goto('/#/sources')
      const row = page.getByRole('listitem', { name: 'Demo' })
      await expect(row).toBeVisible()
      await clean(page, 'Sources')
      await page.getByRole('button', { name: 'Add by hand' }).click()
      await clean(page, 'Sources, the kinds')
      await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click()
      await expect(page.getByLabel('Text of the file')).toBeVisible()
      await clean(page, 'Sources, the editor')
      await page.getByRole('button', { name: 'Close', exact: true }).click()
      await expect(row).toBeVisible()
      await row.getByRole('button', { name: 'Try Demo' }).click()
      await expect(page.getByRole('dialog')).toContainText('Found 4 feeds')
      await clean(page, 'Sources, a dry run')
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
      await page.getByLabel('Paste a link').fill('http://127.0.0.1:9/nothing')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible()
      await clean(page, 'Sources, a link without a server')

      await page.goto('/#/settings')
      await expect(page.getByRole('switch', { name: 'Notifications' })).toBeVisible()
      await clean(page, 'Settings')
    })

    test('the wall is accessible', async ({ page }) => {
      test.setTimeout(400_000) // axe runs beside two videos, on two cores that other tests use, too
      await page.goto('/#/watch')
      await expect(page.getByRole('button', { name: `Watch ${FEEDS[0]}`, exact: true })).toBeVisible()
      await clean(page, 'Watch, empty')
      // Two are enough: axe checks every element, and shares the processor with the videos.
      for (const title of FEEDS.slice(0, 2))
        await page.getByRole('button', { name: `Watch ${title}`, exact: true }).click()
      await playing(page, 2)
      await clean(page, 'Watch')
      const first = tile(page, FEEDS[0])
      await first.hover()
      await first.getByRole('button', { name: 'Quality' }).click()
      await expect(page.getByRole('menu')).toBeVisible()
      await clean(page, 'Watch, the menu of a tile')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Layouts', exact: true }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await clean(page, 'Watch, the layouts and saved walls')
      await page.keyboard.press('Escape')
      await page.setViewportSize({ width: 700, height: 600 })
      await page.getByRole('button', { name: 'Feed list' }).click()
      await clean(page, 'Watch, a narrow window with the feed list')
    })
  })

test.describe('a first start', () => {
  test.use({ demo: false })
  test('is accessible', async ({ page }) => {
    await page.goto('/#/sources')
    await expect(page.getByRole('heading', { name: 'No sources yet' })).toBeVisible()
    await clean(page, 'Sources')
    await page.goto('/#/watch')
    await expect(page.getByRole('heading', { name: 'No sources yet' })).toBeVisible()
    await clean(page, 'Watch')
  })
})
