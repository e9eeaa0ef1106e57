import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type Client, type Rule, type RulePreview, type RuleTrial } from '../api'
import { NO_RULE } from '../grid/rule'
import { Notices } from './notices.svelte'
import { RuleBook } from './rules.svelte'

const rule = (name: string, rest: Partial<Rule> = {}): Rule => ({ ...NO_RULE, name, titles: ['a'], ...rest })
const fine: RulePreview = { problems: [], sessions: [], count: 0, streams: [], taken: 0 }

let stored: Rule[]
let notices: Notices
let book: RuleBook
let full: boolean
let preview: (t: RuleTrial) => Promise<RulePreview>
const names = () => stored.map((r) => r.name).join(' ')

beforeEach(async () => {
  vi.useFakeTimers()
  stored = [rule('fixed', { fixed: true }), rule('a'), rule('b')]
  preview = async () => fine
  full = false
  notices = new Notices()
  const client = {
    rules: async () => ({ rules: stored }),
    putRules: async (list: { rules: Rule[] }) => {
      if (full) throw new ApiError('storage', 'The disk is full.')
      return { rules: (stored = list.rules) }
    },
    previewRule: (t: RuleTrial) => preview(t),
  } as unknown as Client
  book = new RuleBook(client, notices)
  await book.remote.load()
})
afterEach(() => {
  book.close()
  vi.useRealTimers()
})

describe('the rules', () => {
  it('are saved in their order, a new one at the end', async () => {
    book.edit(rule('c'))
    await book.save()
    expect(names()).toBe('fixed a b c')
    expect(book.draft).toBeUndefined()
    book.edit(rule('b'), 2)
    book.draft?.change({ name: 'B' })
    await book.save()
    expect(names()).toBe('fixed a B c')
    await book.raise(2)
    expect(names()).toBe('fixed B a c')
    await book.raise(1)
    expect(names(), 'rules of config.toml stay first').toBe('fixed B a c')
  })

  it('return to their position when a deletion is undone', async () => {
    await book.delete(1)
    expect(names()).toBe('fixed b')
    const [toast] = notices.toasts
    expect(toast?.action?.label).toBe('Undo')
    notices.act(toast?.id ?? 0)
    await vi.runAllTimersAsync()
    expect(names()).toBe('fixed a b')
  })

  it('are not saved if one is invalid: its field says why', async () => {
    preview = async () => ({
      ...fine,
      problems: [
        { field: 'series', index: -1, message: 'no regular expression' },
        { field: 'titles', index: 1, message: 'no regular expression' },
      ],
    })
    book.edit(rule('bad'))
    await book.save()
    expect(names()).toBe('fixed a b')
    expect(book.draft?.problem('series')).toBe('No regular expression.')
    expect(book.draft?.problem('titles')).toBe('Line 2: No regular expression.')
    expect(book.draft?.problem('event')).toBe('')
  })

  it('are previewed during editing; a late answer is ignored', async () => {
    const answers: ((p: RulePreview) => void)[] = []
    preview = () => new Promise((ok) => answers.push(ok))
    book.edit(rule('c'))
    book.draft?.change({ series: 'f1' })
    book.draft?.change({ series: 'f2' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(answers).toHaveLength(2)
    answers[1]?.({ ...fine, count: 2 })
    answers[0]?.({ ...fine, count: 1 })
    await vi.advanceTimersByTimeAsync(0)
    expect(book.draft?.preview?.count).toBe(2)
  })

  it('say why they were refused', async () => {
    book.edit(rule('c'))
    await vi.advanceTimersByTimeAsync(0)
    full = true
    await book.save()
    expect(book.draft?.error).toBe('The disk is full.')
  })
})
