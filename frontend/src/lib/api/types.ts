// The types of the API. They are generated from Go; the names here are shorter ones for parts of them.

import type {
  CalendarSetting,
  Event as GeneratedEvent,
  Rule as GeneratedRule,
  RuleProblem,
  Session,
} from './generated/schema'

export type * from './generated/schema'

/** An event that subscribers receive; Event itself is a type of the browser. */
export type ApiEvent = GeneratedEvent
/** A rule as in answers, with all its fields; a request may leave some out. */
export type Rule = Required<GeneratedRule>
export type RuleList = { rules: Rule[] }
export type CalendarKind = CalendarSetting['kind']
export type RuleField = RuleProblem['field']
export type SessionStatus = Session['status']
export type SessionType = Session['type']
