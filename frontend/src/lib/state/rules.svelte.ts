import { messageOf, type Client, type Rule, type RuleField, type RuleList, type RulePreview } from '../api'
import type { Notices } from './notices.svelte'
import { Remote } from './remote.svelte'

/** The delay between the last key press and the request for a preview, in ms. */
const PREVIEW_AFTER = 250

/** A rule that is being edited, with a preview of what it matches. */
export class RuleDraft {
  /** Its position among all rules; -1 for a new rule, which is added at the end. */
  readonly place: number
  #client: Client
  #rule = $state.raw<Rule>({} as Rule)
  #preview = $state.raw<RulePreview | undefined>(undefined)
  #error = $state('')
  #busy = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0

  constructor(client: Client, rule: Rule, place: number) {
    this.#client = client
    this.#rule = rule
    this.place = place
    void this.loadPreview()
  }

  get rule(): Rule {
    return this.#rule
  }
  get preview(): RulePreview | undefined {
    return this.#preview
  }
  /** Why saving or the preview failed; "" otherwise. */
  get error(): string {
    return this.#error
  }
  get busy(): boolean {
    return this.#busy
  }

  change(change: Partial<Rule>): void {
    this.#rule = { ...this.#rule, ...change }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.loadPreview(), PREVIEW_AFTER)
  }
  toggleSource(key: string): void {
    const { sources } = this.#rule
    this.change({ sources: sources.includes(key) ? sources.filter((k) => k !== key) : [...sources, key] })
  }

  /** The error of a field, in one line; "" if it is valid. */
  problem(field: RuleField): string {
    const p = this.#preview?.problems.find((one) => one.field === field)
    if (!p) return ''
    const at = p.index >= 0 && field === 'titles' ? `Line ${p.index + 1}: ` : ''
    return `${at}${p.message.charAt(0).toUpperCase()}${p.message.slice(1)}.`
  }

  /** Fetches the preview. The answer to an older request is ignored. */
  async loadPreview(): Promise<void> {
    clearTimeout(this.#timer)
    const asked = ++this.#asked
    try {
      const preview = await this.#client.previewRule({ rule: this.#rule, place: this.place })
      if (asked !== this.#asked) return
      this.#preview = preview
      this.#error = ''
    } catch (thrown) {
      if (asked === this.#asked) this.#error = messageOf(thrown)
    }
  }

  /** Saves the rule with `put` if it is valid. Returns whether it was saved; `error` and `problem` say why not. */
  async save(put: () => Promise<void>): Promise<boolean> {
    this.#busy = true
    try {
      await this.loadPreview()
      if (this.#preview?.problems.length !== 0) return false
      await put()
      return true
    } catch (thrown) {
      this.#error = messageOf(thrown)
      return false
    } finally {
      this.#busy = false
    }
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#asked++
  }
}

/** The rules, and the one that is being edited. */
export class RuleBook {
  readonly remote: Remote<RuleList>
  #client: Client
  #notices: Notices
  #draft = $state.raw<RuleDraft | undefined>(undefined)

  constructor(client: Client, notices: Notices) {
    this.#client = client
    this.#notices = notices
    this.remote = new Remote(async () => (await client.rules()) as RuleList)
  }

  get list(): readonly Rule[] {
    return this.remote.value?.rules ?? []
  }
  get draft(): RuleDraft | undefined {
    return this.#draft
  }

  /** Opens a rule in the editor: a new one, or the one at a position. */
  edit(rule: Rule, place = -1): void {
    this.#draft?.end()
    this.#draft = new RuleDraft(this.#client, rule, place)
  }
  close(): void {
    this.#draft?.end()
    this.#draft = undefined
  }

  async save(): Promise<void> {
    const draft = this.#draft
    if (!draft) return
    const saved = await draft.save(async () => {
      await this.remote.load()
      const { list } = this
      const next =
        draft.place < 0 ? [...list, draft.rule] : list.map((r, i) => (i === draft.place ? draft.rule : r))
      this.remote.set((await this.#client.putRules({ rules: next })) as RuleList)
    })
    if (!saved) return
    this.close()
    this.#notices.show('done', 'Rule saved.')
  }

  async delete(place: number): Promise<void> {
    const before = [...this.list]
    const gone = before[place]
    if (!gone || !(await this.#put(before.filter((r) => r !== gone)))) return
    this.#notices.show('done', gone.name === '' ? 'Deleted the rule.' : `Deleted the rule “${gone.name}”.`, {
      label: 'Undo',
      run: () => void this.#back(gone, place),
    })
  }

  /** Moves a rule up by one: the first rule that matches a session decides. */
  async raise(place: number): Promise<void> {
    const next = [...this.list]
    const [one, above] = [next[place], next[place - 1]]
    if (!one || !above || above.fixed) return
    next.splice(place - 1, 2, one, above)
    await this.#put(next)
  }

  async #back(gone: Rule, place: number): Promise<void> {
    const next = [...this.list]
    next.splice(Math.min(place, next.length), 0, gone)
    await this.#put(next)
  }

  async #put(rules: Rule[]): Promise<boolean> {
    try {
      this.remote.set((await this.#client.putRules({ rules })) as RuleList)
      return true
    } catch (thrown) {
      this.#notices.show('error', messageOf(thrown))
      return false
    }
  }
}
