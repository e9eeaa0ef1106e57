import { expect, test } from './fixtures'

interface Calendar {
  events: { name: string; sessions: { name: string; status: string; start: string | null }[] }[]
}

test.use({ timezoneId: 'Europe/Berlin', locale: 'en-GB' })

test('the live session is at the top, its clock ticks, and one click opens it', async ({ page }) => {
  await page.goto('/')
  const hero = page.getByRole('region').filter({ hasText: 'LIVE NOW' })
  await expect(hero).toBeVisible()
  const clock = hero.getByRole('timer')
  const first = await clock.textContent()
  await expect(clock).not.toHaveText(first ?? '')
  await expect(hero).toContainText(/4 feeds/)
  await hero.getByRole('link', { name: 'Watch live' }).click()
  await expect(page.getByRole('group').locator('video')).toHaveCount(4)
})

test('Enter opens the live session, also from another page and after a click beside all controls', async ({
  page,
}) => {
  await page.goto('/#/schedule')
  await expect(page.getByRole('link', { name: 'Watch live' }).first()).toBeVisible()
  await page.getByRole('region').filter({ hasText: 'LIVE NOW' }).getByRole('timer').click()
  await page.keyboard.press('Alt+2')
  await page.keyboard.press('Alt+1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('group').locator('video')).toHaveCount(4)
})

test('every event of the calendar is an article, past ones collapsed', async ({ page, gridwall }) => {
  const { events } = await gridwall.get<Calendar>('/api/v1/schedule')
  const over = events.filter((e) => e.sessions.every((s) => s.status === 'past' || s.status === 'cancelled'))
  expect(over.length, 'the demo has past events').toBeGreaterThan(0)
  await page.goto('/#/schedule')
  const articles = page.getByRole('article')
  await expect(articles).toHaveCount(events.length - over.length)
  for (const e of events.filter((e) => !over.includes(e)))
    await expect(page.getByRole('article', { name: e.name, exact: true })).toBeVisible()
  await page.getByRole('button', { name: /past events?/ }).click()
  await expect(articles).toHaveCount(events.length)
  await page.getByRole('button', { name: /past events?/ }).click()
  await expect(articles).toHaveCount(events.length - over.length)
})

test('times are local, or those of the track after a click; the choice is saved', async ({
  page,
  gridwall,
}) => {
  const { events } = await gridwall.get<Calendar>('/api/v1/schedule')
  const event = events.find((e) => e.sessions.every((s) => s.status === 'upcoming' && s.start))
  const session = event?.sessions[0]
  if (!event || !session?.start) throw new Error('the demo has no upcoming event')
  const berlin = new Date(session.start).toLocaleTimeString('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    minute: '2-digit',
  })
  await page.goto('/#/schedule')
  const cell = page.getByRole('article', { name: event.name, exact: true }).getByRole('listitem').first()
  await expect(cell).toContainText(berlin)
  const times = page.getByRole('group', { name: 'Times' }).or(page.getByRole('radiogroup', { name: 'Times' }))
  await times.getByText('Track time').click()
  await expect(cell).not.toContainText(berlin)
  await page.reload()
  await expect(cell).toBeVisible()
  await expect(cell).not.toContainText(berlin)
  await times.getByText('My time').click()
  await expect(cell).toContainText(berlin)
})

test('the calendar can be fetched again', async ({ page }) => {
  await page.goto('/#/schedule')
  await expect(page.getByText('Demo calendar')).toBeVisible()
  const answer = page.waitForResponse((r) => r.url().endsWith('/api/v1/schedule/refresh'))
  await page.getByRole('button', { name: 'Refresh' }).click()
  expect((await answer).status()).toBe(200)
})

test.describe('without a calendar', () => {
  test.use({ demo: false })
  test('the page says what to do', async ({ page }) => {
    await page.goto('/#/schedule')
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible()
    await expect(
      page.getByRole('main').getByRole('link').or(page.getByRole('main').getByRole('button')).first(),
    ).toBeVisible()
    await expect(page.getByRole('article')).toHaveCount(0)
  })
})
