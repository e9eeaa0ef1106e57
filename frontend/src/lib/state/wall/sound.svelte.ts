import { untrack } from 'svelte'
import type { StoredTile } from '../../grid/document'
import { MOST_DUCK, NO_MIXER, withSound, type FeedSound, type Mixer } from '../../grid/mixer'
import type { Tile } from '../../player/tile.svelte'
import type { Tiles } from './tiles.svelte'

/** What is heard: the focused tile, a feed to which the sound is pinned, or a mix. The others are muted, or ducked. */
export class Sound {
  #tiles: Tiles
  #radio: () => Tile | undefined
  #id = $state('')
  #muted = $state(false)
  #mix = $state(false)
  #on = $state.raw<readonly string[]>([])
  #duck = $state(0)
  #feeds = $state.raw<Record<string, FeedSound>>({})

  /** `radio` returns the stream without a tile, if one plays. */
  constructor(tiles: Tiles, radio: () => Tile | undefined = () => undefined) {
    this.#tiles = tiles
    this.#radio = radio
  }

  /** All that can be heard: the tiles, then the stream without one. */
  get sources(): readonly Tile[] {
    const radio = this.#radio()
    return radio ? [...this.#tiles.list, radio] : this.#tiles.list
  }
  /** The id of the feed that the sound is pinned to, even if it is closed; "" if the sound follows the focus. */
  get id(): string {
    return this.#id
  }
  /** The feed that is heard unless the wall is muted or mixed. */
  get tile(): Tile | undefined {
    return this.sources.find((t) => t.id === this.#id) ?? this.#tiles.focused
  }
  /** Whether the sound is pinned to one feed; otherwise it follows the focus. */
  get stays(): boolean {
    return this.sources.some((t) => t.id === this.#id)
  }
  get muted(): boolean {
    return this.#muted
  }
  /** Whether several feeds are heard. */
  get mix(): boolean {
    return this.#mix
  }
  /** What is heard of the others while one is heard, as a part of their volume. */
  get duck(): number {
    return this.#duck
  }
  /** The feeds that are heard unless the wall is muted. */
  get heard(): readonly Tile[] {
    if (this.#mix) return this.sources.filter((t) => this.#on.includes(t.id))
    const { tile } = this
    return tile ? [tile] : []
  }
  get document(): Mixer {
    return { mix: this.#mix, on: [...this.#on], duck: this.#duck, feeds: this.#feeds }
  }

  /** Mutes all, or unmutes what is heard. */
  setMuted(on: boolean): void {
    this.#muted = on
    this.apply()
  }
  /** Pins the sound to a feed; "" lets it follow the focus. */
  choose(id: string): void {
    this.#id = id
    this.#mix = this.#muted = false
    this.apply()
  }
  /** Hears several feeds, at first the one that is heard now. */
  setMix(on: boolean): void {
    if (on === this.#mix) return
    const { tile } = this
    if (on && tile && !this.sources.some((t) => this.#on.includes(t.id))) this.#on = [tile.id]
    this.#mix = on
    this.#muted = false
    this.apply()
  }
  /** Adds a feed to the mix, or removes it. */
  setOn(id: string, on: boolean): void {
    this.#on = [...this.#on.filter((o) => o !== id), ...(on ? [id] : [])]
    if (on) this.#muted = false
    this.apply()
  }
  isOn(id: string): boolean {
    return this.#on.includes(id)
  }
  setDuck(level: number): void {
    this.#duck = Math.min(MOST_DUCK, Math.max(0, level))
    this.apply()
  }
  pan(id: string): number {
    return this.#feeds[id]?.pan ?? 0
  }
  setPan(id: string, pan: number): void {
    this.#remember(id, { pan })
    this.apply()
  }
  /** Whether the two feeds of a mix are one on the left and one on the right. */
  get split(): boolean {
    return this.heard.length === 2 && this.heard.map((t) => this.pan(t.id)).join() === '-1,1'
  }
  /** Moves the two feeds of a mix to the left and the right, or both back to the middle. */
  setSplit(on: boolean): void {
    this.heard.forEach((t, i) => this.setPan(t.id, on ? (i === 0 ? -1 : 1) : 0))
  }

  /** The settings of a new tile: what was chosen for the sound of its feed before. */
  settingsOf(id: string): StoredTile['settings'] {
    const { level, audio, audioLanguage } = this.#feeds[id] ?? {}
    return {
      ...(level !== undefined && { volume: level }),
      ...(audio !== undefined && { audio }),
      ...(audioLanguage !== undefined && { audioLanguage }),
    }
  }

  /** Restores the stored state; applied with the next tiles. */
  restore(id: string, muted = this.#muted, mixer?: Mixer): void {
    this.#id = id
    this.#muted = muted
    if (!mixer) return
    const { mix, on, duck, feeds } = { ...NO_MIXER, ...mixer }
    this.#mix = mix
    this.#on = on
    this.#duck = duck
    this.#feeds = { ...feeds, ...this.#feeds }
  }

  /** The tile of a feed shows another one now: the sound stays with the tile. */
  moved(before: string, after: string): void {
    if (this.#id === before) this.#id = after
    if (this.#on.includes(before)) this.#on = this.#on.map((id) => (id === before ? after : id))
    this.apply()
  }

  /** Call after tiles were opened or closed, or the focus has moved. */
  apply(): void {
    const heard = this.#muted ? [] : this.heard
    for (const t of this.sources) {
      const muted = !heard.includes(t)
      if (t.player.muted !== muted) t.player.setMuted(muted)
      t.player.setDuck(this.#muted || this.#mix ? 0 : this.#duck)
      t.player.setPan(this.pan(t.id))
    }
  }

  /** Call within an effect root. A tile's own button moves the sound there, or adds it to the mix. */
  follow(): void {
    $effect(() => {
      if (this.#mix) this.#followMix()
      else this.#followOne()
    })
    $effect(() => {
      for (const { id, player } of this.sources) {
        void player.choices.audioTrack
        const { audio, audioLanguage } = player.choices.chosen
        const { volume } = player
        untrack(() => this.#remember(id, { level: volume, audio, audioLanguage }))
      }
    })
  }

  #followOne(): void {
    const sound = this.tile
    const other = this.sources.find((t) => t !== sound && !t.player.muted)
    const silenced = sound !== undefined && sound.player.muted && !sound.player.soundBlocked
    untrack(() => {
      if (other === this.#radio() && other) this.choose(other.id)
      else if (other) {
        this.#tiles.setFocus(other.id)
        this.choose('')
      } else if (sound) this.#muted = silenced
    })
  }

  #followMix(): void {
    const heard = this.#muted ? [] : this.heard
    const toggled = this.sources.filter((t) => !t.player.soundBlocked && t.player.muted === heard.includes(t))
    untrack(() => toggled.forEach((t) => this.setOn(t.id, !t.player.muted)))
  }

  #remember(id: string, sound: FeedSound): void {
    this.#feeds = withSound(this.#feeds, id, sound)
  }
}
