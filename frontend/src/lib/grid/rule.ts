// Makes a rule for sessions like this one from the feeds on the wall. Pure.

import type { RaceEvent, Rule, Session } from '../api'

export const NO_RULE: Rule = {
  name: '',
  series: '',
  event: '',
  session: '',
  sources: [],
  titles: [],
  layout: '',
  spare: false,
  spare_back: '',
  delay: '',
  fixed: false,
}

/** Escapes a text for a regular expression that matches exactly this text. */
export const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/**
 * A regular expression for feeds like this one at the next session: names of this weekend or this session, and years,
 * become wildcards.
 */
export function patternOf(title: string, names: readonly string[]): string {
  const usable = names.filter((n) => n.trim().length > 2).sort((a, b) => b.length - a.length)
  const variable = new RegExp([...usable.map(escaped), '\\b20\\d\\d\\b'].join('|'), 'gi')
  const fixed = title.split(variable).map((part) => escaped(part.trim()))
  // A title that consists of such names only is used literally.
  if (fixed.every((part) => part === '')) return `^${escaped(title)}$`
  return `^${fixed.join('.*')}$`
}

/** A rule that opens what the wall shows for sessions of this name in this series. */
export function ruleOf(
  event: RaceEvent,
  session: Session,
  feeds: readonly { title: string; site_key: string }[],
  layout: string,
  delay: number | null = null,
): Rule {
  const names = [event.name, event.locality, event.country, event.circuit, session.name]
  const name = `${event.series} ${session.name}`.trim().slice(0, 60)
  return {
    ...NO_RULE,
    name,
    series: event.series === '' ? '' : `^${escaped(event.series)}$`,
    session: `^${escaped(session.name)}$`,
    sources: [...new Set(feeds.map((f) => f.site_key))].filter((k) => k !== '').sort(),
    titles: [...new Set(feeds.map((f) => patternOf(f.title, names)))].slice(0, 20),
    layout: layout === 'auto' ? '' : layout,
    delay: delay === null ? '' : `${delay}s`,
  }
}

/** Describes the sessions of a rule. */
export function about(r: Rule): string {
  const parts = [
    r.series === '' ? '' : `series ${r.series}`,
    r.event === '' ? '' : `event ${r.event}`,
    r.session === '' ? '' : `session ${r.session}`,
  ].filter((p) => p !== '')
  return parts.length === 0 ? 'every session' : parts.join(' · ')
}

/** Describes the feeds that a rule chooses. */
export function choice(r: Rule): string {
  return [
    r.titles.length > 0 ? r.titles.join(', then ') : r.sources.length > 0 ? 'all feeds' : '',
    r.sources.length > 0 ? `from ${r.sources.join(', ')}` : '',
    r.layout === '' ? '' : `layout ${r.layout}`,
    r.spare ? 'with spares' : '',
    r.delay === '' ? '' : `delay ${r.delay}`,
  ]
    .filter((p) => p !== '')
    .join(' · ')
}
