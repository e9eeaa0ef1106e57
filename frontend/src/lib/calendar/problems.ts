/** Why a calendar could not be read: in plain words, and the server's message. */
export interface Problem {
  calendar: string
  plain: string
  detail: string
}

const REASONS: [message: RegExp, plain: (host: string) => string][] = [
  [
    /no such host|server misbehaving|temporary failure/i,
    (h) => `${h} was not found. Is this machine online?`,
  ],
  [/network is unreachable|no route to host/i, (h) => `${h} cannot be reached. Is this machine online?`],
  [/connection refused/i, (h) => `${h} refused the connection.`],
  [/no answer within|timeout|deadline exceeded/i, (h) => `${h} did not answer in time.`],
  [/certificate|x509|tls:/i, (h) => `The certificate of ${h} is not trusted. Is this machine’s clock right?`],
]

/** The same by HTTP status. A message about a line of a calendar may contain such a number, too. */
const STATUSES: typeof REASONS = [
  [/\b429\b/, (h) => `${h} had too many requests.`],
  [/\b404\b|\b410\b/, (h) => `${h} has no calendar at this address.`],
  [/\b5\d\d\b/, (h) => `${h} reports a server error.`],
]

/** A calendar by its key: jolpica, f1calendar-motogp, ics-example-org-0e20c76e. */
function calendarName(key: string): string {
  if (key.startsWith('jolpica')) return 'Jolpica'
  if (key.startsWith('f1calendar'))
    return key.replace(/^f1calendar-?([a-z0-9-]*)$/, (_, s: string) => `f1calendar ${s}`).trim()
  if (key.startsWith('ics')) return 'The calendar file'
  return key
}

/** Splits the schedule's error: "jolpica: https://host/…: no such host; ics-…: …". */
export function problems(error: string): Problem[] {
  if (error === '') return []
  return error.split(/; (?=(?:jolpica|f1calendar|ics)[a-z0-9-]*: |overrides\.toml)/).map((one) => {
    if (one.startsWith('overrides.toml')) return { calendar: 'overrides.toml', plain: one, detail: one }
    const [, key = '', detail = one] = /^([a-z0-9-]+): (.*)$/s.exec(one) ?? []
    const calendar = key === '' ? 'The calendar' : calendarName(key)
    const host = /https?:\/\/([^/\s?]+)/.exec(detail)?.[1]?.replace(/:$/, '') ?? 'The server'
    // The address may contain numbers that look like a status.
    const reason = detail.replace(/https?:\/\/\S+/g, '')
    const known = reason === detail ? REASONS : [...REASONS, ...STATUSES]
    const plain = known.find(([message]) => message.test(reason))?.[1](host) ?? ''
    return { calendar, plain: plain === '' ? detail : plain, detail }
  })
}
