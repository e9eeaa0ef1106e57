// The types of the API. All are generated from Go; the names here only make parts of them easier to refer to.

import type {
  CalendarSetting,
  Event as GeneratedEvent,
  Rule as GeneratedRule,
  RuleProblem,
  Session,
} from './generated/schema'

export type * from './generated/schema'

/** What subscribers are sent. The browser has an Event of its own. */
export type ApiEvent = GeneratedEvent
/** A rule as it is answered, with all its fields; a request may leave some out. */
export type Rule = Required<GeneratedRule>
export type RuleList = { rules: Rule[] }
export type CalendarKind = CalendarSetting['kind']
export type RuleField = RuleProblem['field']
export type SessionStatus = Session['status']
export type SessionType = Session['type']
