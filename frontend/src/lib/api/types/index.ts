// The TypeScript twins of the types in app/api, by subject. A Go test compares the two, field by field.

export type * from './events'
export type * from './rules'
export type * from './schedule'
export type * from './settings'
export type * from './sources'
export type * from './streams'
