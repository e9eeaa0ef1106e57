import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BROKEN, expect, test } from './fixtures'
import { Upstream } from './upstream'
import { playing, tile } from './wall'

test.use({ demo: false })
let upstream: Upstream
let calendar: Server
test.beforeAll(async () => {
  upstream = new Upstream()
  await upstream.start()
  const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
  const now = Date.now()
  const events = [
    ['Qualifying', -26, -25],
    ['Race', -1, 1],
  ] as const
  calendar = createServer((_, a) =>
    a.end(
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n' +
        events
          .map(
            ([name, from, to]) =>
              `BEGIN:VEVENT\r\nUID:${name}\r\nDTSTAMP:${stamp(now)}\r\nDTSTART:${stamp(now + from * 3_600_000)}\r\n` +
              `DTEND:${stamp(now + to * 3_600_000)}\r\nSUMMARY:Club Cup: Grand Prix of São Paulo - ${name}\r\nEND:VEVENT\r\n`,
          )
          .join('') +
        'END:VCALENDAR\r\n',
    ),
  )
  await new Promise<void>((resolve) => calendar.listen(0, '127.0.0.1', resolve))
})
test.afterAll(async () => {
  await new Promise((resolve) => calendar.close(resolve))
  await upstream.stop()
})

test('Watch live follows a rule made from the wall; a check says which feed a CDN refuses', async ({
  page,
  gridwall,
  guard,
}) => {
  test.slow()
  guard.allow(...BROKEN)
  // Restarted with a calendar in config.toml, and with a feed whose CDN refuses requests.
  const refusing = createServer((_, a) => void a.writeHead(403).end('no'))
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const refused = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/pit.m3u8`
  await gridwall.stop()
  gridwall.writeConfig(
    `[[schedule]]\nkind = "ics"\nurl = "http://127.0.0.1:${(calendar.address() as AddressInfo).port}/c.ics"\nseries = "cup"\n`,
  )
  const feeds = ['World feed', 'Timing', 'Onboard 44 Okonedo'].map((t) => [t, upstream.feed(t)] as const)
  gridwall.writeSource(
    'club',
    `name = "Club TV"\nkind = "direct"\nallow_private = true\n` +
      [...feeds, ['Pit lane', refused] as const]
        .map(([title, url]) => `[[stream]]\ntitle = "${title}"\nurl = "${url}"\n`)
        .join(''),
  )
  await gridwall.start()
  await page.goto('/#/watch')
  await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
  await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
  await expect(page.getByRole('group').locator('video')).toHaveCount(2)

  await page.getByRole('button', { name: 'Feeds of this session' }).click()
  await expect(page.getByRole('dialog')).toContainText('No rule matches')
  await page.getByRole('button', { name: 'Make a rule from this wall' }).click()
  const rule = page.getByRole('dialog', { name: 'New rule' })
  const titles = rule.getByLabel('Titles, one expression per line')
  await expect(titles).toHaveValue('^Timing$\n^World feed$')
  await expect(rule).toContainText('Selects 2 feeds now')

  // An invalid expression is refused at its field, and not saved.
  await titles.fill('^Timing$\n*')
  await expect(rule).toContainText(/Line 2: .*there is nothing before \* to repeat/)
  await rule.getByRole('button', { name: 'Save rule' }).click()
  await expect(rule).toBeVisible()
  await titles.fill('^Timing$\n^world\npit')
  await rule.getByLabel('Event', { exact: true }).fill('sao paulo')
  await expect(rule.getByRole('list', { name: 'Feeds' })).toContainText(/Timing.*World feed.*Pit lane/)
  await expect(rule).toContainText('Matches 1 session')
  await rule.getByRole('button', { name: 'Save rule' }).click()
  await expect(rule).toHaveCount(0)

  // Watch live, on another wall.
  for (const title of ['Timing', 'World feed']) {
    await tile(page, title).hover()
    await tile(page, title).getByRole('button', { name: 'Close' }).click()
  }
  await page.goto('/#/schedule')
  const before = page.getByRole('group', { name: 'Before the session' })
  await before.getByRole('button', { name: 'Check now' }).click()
  await expect(before).toContainText('2 of 3 feeds ready', { timeout: 30_000 })
  await expect(before).toContainText('Pit lane does not play: the CDN responded with 403 Forbidden.')
  await page.getByRole('link', { name: 'Watch live' }).first().click()
  await expect(page.getByRole('group').locator('video')).toHaveCount(3)
  await expect(page.locator('[role=group][data-number]')).toHaveCount(3)
  await expect(tile(page, 'Pit lane')).toHaveAttribute('data-number', '3')
  await expect(tile(page, 'Timing')).toHaveAttribute('data-number', '1')
  await tile(page, 'Pit lane').hover()
  await tile(page, 'Pit lane').getByRole('button', { name: 'Close' }).click()
  await playing(page, 2)

  // Delete and undo.
  await page.goto('/#/settings')
  const list = page.getByRole('list', { name: 'Rules' })
  await list.getByRole('button', { name: 'Delete cup Race' }).click()
  await expect(list.getByRole('listitem')).toHaveCount(0)
  // The notices of closed tiles have an Undo, too.
  const notice = page.locator('.toast', { hasText: 'cup Race' })
  await notice.getByRole('button', { name: 'Undo' }).click()
  await expect(list.getByRole('listitem', { name: 'cup Race' })).toContainText('sao paulo')
  await new Promise((resolve) => refusing.close(resolve))
})
