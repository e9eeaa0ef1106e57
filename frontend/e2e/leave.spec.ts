import { expect, test } from './fixtures'
import { playing } from './wall'

test('a closed page ends its leases; one that is reloaded, or comes back, keeps playing', async ({
  page,
  gridwall,
}) => {
  test.slow()
  const leases = async () => (await gridwall.active()).map((a) => a.title).sort()
  await page.goto('/#/watch')
  await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
  await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
  await playing(page, 2)
  await expect.poll(leases).toEqual(['Timing', 'World feed'])

  await page.reload()
  await playing(page, 2)
  expect(await leases()).toEqual(['Timing', 'World feed'])

  await page.goto('about:blank')
  await expect.poll(leases).toEqual([])
  await page.goBack()
  await playing(page, 2)
  await expect.poll(leases).toEqual(['Timing', 'World feed'])

  await page.close({ runBeforeUnload: true })
  await expect.poll(leases).toEqual([])
})
