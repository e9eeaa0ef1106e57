import { describe, expect, it } from 'vitest'
import type { RaceEvent, Session } from '../api'
import { about, choice, escaped, NO_RULE, patternOf, ruleOf } from './rule'

const session: Session = { type: 'race', name: 'Race', start: null, end: null, status: 'live' }
const event: RaceEvent = {
  id: 'e1',
  series: 'f1',
  season: '2026',
  round: 1,
  name: 'São Paulo Grand Prix',
  circuit: 'Interlagos',
  locality: 'São Paulo',
  country: 'Brazil',
  sessions: [session],
}

describe('a rule made from a wall', () => {
  it('matches the feeds of this wall, and those of the same kind at the next race', () => {
    const rule = ruleOf(
      event,
      session,
      [
        { title: 'F1 2026 São Paulo Grand Prix Race: World Feed', site_key: 'tv' },
        { title: 'Onboard 44 (Okonedo)', site_key: 'club' },
        { title: 'Race', site_key: 'club' },
        { title: 'Lost', site_key: '' },
      ],
      '1+3',
      12.5,
    )
    expect(rule.sources).toEqual(['club', 'tv'])
    expect([rule.layout, rule.delay]).toEqual(['1+3', '12.5s'])
    expect([rule.series, rule.session, rule.event]).toEqual(['^f1$', '^Race$', ''])
    const [world, onboard, race] = rule.titles.map((t) => new RegExp(t, 'i'))
    expect('F1 2026 São Paulo Grand Prix Race: World Feed').toMatch(world ?? /$^/)
    expect('F1 2027 Monaco Grand Prix Race: World Feed').toMatch(world ?? /$^/)
    expect('F1 2027 Monaco Grand Prix Race: Onboard').not.toMatch(world ?? /^/)
    expect('Onboard 44 (Okonedo)').toMatch(onboard ?? /$^/)
    expect('Onboard 444 (Okonedo)').not.toMatch(onboard ?? /^/)
    expect('Race control').not.toMatch(race ?? /^/)
  })

  it('escapes the syntax of regular expressions in titles', () => {
    for (const title of ['C++ (a|b) [x] {2} ^$ \\d .*', 'Timing?']) {
      expect(title).toMatch(new RegExp(`^${escaped(title)}$`))
      expect(title).toMatch(new RegExp(patternOf(title, ['Race'])))
    }
  })

  it('is described in words', () => {
    expect(about(NO_RULE)).toBe('every session')
    expect(about({ ...NO_RULE, series: 'f1', session: 'race' })).toBe('series f1 · session race')
    expect(choice({ ...NO_RULE, titles: ['a', 'b'], sources: ['club'], layout: '2x2', delay: '30s' })).toBe(
      'a, then b · from club · layout 2x2 · delay 30s',
    )
    expect(choice({ ...NO_RULE, sources: ['club'] })).toBe('all feeds · from club')
  })
})
