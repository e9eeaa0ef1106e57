// What the server tells by itself.

export type EventType = 'streams' | 'active' | 'sources' | 'schedule' | 'walls' | 'notice'

export interface Notice {
  kind: string
  message: string
  stream_id?: string
  /** The session whose feeds are to be opened, or offered. */
  event_id?: string
  session?: string
}

export interface ApiEvent {
  type: EventType
  seq: number
  at: string
  notice?: Notice | null
}
