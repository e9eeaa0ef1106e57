import {
  capFor,
  capUnder,
  higherHeight,
  indexOfLabel,
  lowerHeight,
  preferredTrack,
  trackOf,
  type Room,
} from './choice'
import type { CurrentEngine } from './engine-slot'
import type { Level, Track, UserChoices } from './types'

/** The user's choices, by label. */
type Chosen = Omit<UserChoices, 'volume'>

/** Chooses the level and the tracks to play, by what the feed has, what the user chose and the size of the picture. */
export class Choices {
  readonly chosen: Chosen
  #levels = $state.raw<Level[]>([])
  #level = $state(-1)
  #playingLevel = $state(-1)
  #audioTracks = $state.raw<Track[]>([])
  #audioTrack = $state(-1)
  #subtitles = $state.raw<Track[]>([])
  #subtitle = $state(-1)
  /** While time-shifted, the level is not changed automatically: the proxy has retained segments of this level only. */
  #pinned = false
  #room: Room | null = null
  /** The largest height that the machine can decode on this wall, in px; null: any. */
  #ceiling = $state<number | null>(null)
  #slot: CurrentEngine
  /** The preferred languages of the sound, for feeds whose track the user has not chosen. */
  #languages: readonly string[] = []

  constructor(chosen: Chosen, slot: CurrentEngine) {
    this.chosen = { ...chosen }
    this.#slot = slot
  }

  get levels(): readonly Level[] {
    return this.#levels
  }
  get level(): number {
    return this.#level
  }
  get playingLevel(): number {
    return this.#playingLevel
  }
  get audioTracks(): readonly Track[] {
    return this.#audioTracks
  }
  get audioTrack(): number {
    return this.#audioTrack
  }
  get subtitles(): readonly Track[] {
    return this.#subtitles
  }
  get subtitle(): number {
    return this.#subtitle
  }

  setLevel(index: number): void {
    this.chosen.quality = this.#levels[index]?.label ?? ''
    this.#pinned = false
    const engine = this.#slot.engine
    if (engine) engine.level = index
    this.#level = index
  }

  setAudioTrack(index: number): void {
    this.chosen.audio = this.#audioTracks[index]?.label ?? ''
    this.chosen.audioLanguage = this.#audioTracks[index]?.language ?? ''
    const engine = this.#slot.engine
    if (engine) engine.audioTrack = index
    this.#audioTrack = index
  }

  /** Sets the preferred languages of the sound. */
  prefer(languages: readonly string[]): void {
    if (languages.join() === this.#languages.join()) return
    this.#languages = languages
    const engine = this.#slot.engine
    const audio = this.#wantedAudio
    if (!engine || audio < 0 || audio === this.#audioTrack) return
    engine.audioTrack = audio
    this.#audioTrack = audio
  }
  get #wantedAudio(): number {
    const { audio, audioLanguage } = this.chosen
    return audio === ''
      ? preferredTrack(this.#audioTracks, this.#languages)
      : trackOf(this.#audioTracks, audio, audioLanguage)
  }

  setSubtitle(index: number): void {
    this.chosen.subtitle = this.#subtitles[index]?.label ?? ''
    this.chosen.subtitleLanguage = this.#subtitles[index]?.language ?? ''
    const engine = this.#slot.engine
    if (engine) engine.subtitle = index
    this.#subtitle = index
  }

  /** The room for the picture, in CSS px; null: no limit. */
  setRoom(room: Room | null): void {
    this.#room = room
    this.#applyCap()
  }

  /** Whether it plays below the level for its size, because the machine drops frames. */
  get reduced(): boolean {
    return this.#ceiling !== null
  }
  /** The height to which stepDown would lower it; null if it plays its lowest level, or one that may not be changed. */
  get below(): number | null {
    if (this.#pinned || this.chosen.quality !== '') return null
    const playing = this.#levels[this.#playingLevel]?.height ?? 0
    return playing === 0 ? null : lowerHeight(this.#levels, Math.min(playing, this.#ceiling ?? Infinity))
  }
  /** Plays one level lower from the next segment on. */
  stepDown(): void {
    this.#ceiling = this.below ?? this.#ceiling
    this.#applyCap()
  }
  /** Takes the last stepDown back. */
  stepUp(): void {
    const next = this.#ceiling === null ? null : higherHeight(this.#levels, this.#ceiling)
    const bySize = this.#levels[this.#capOfRoom]?.height ?? Math.max(0, ...this.#levels.map((l) => l.height))
    this.#ceiling = next === null || next >= bySize ? null : next
    this.#applyCap()
  }

  /** Stays on the current level unless the user chooses one. */
  pin(): void {
    const engine = this.#slot.engine
    if (!engine || engine.level >= 0 || engine.playingLevel < 0) return
    this.#pinned = true
    engine.level = engine.playingLevel
  }

  unpin(): void {
    const engine = this.#slot.engine
    if (this.#pinned && engine) engine.level = -1
    this.#pinned = false
  }

  /** The engine knows its levels and has not loaded anything yet. */
  ready(): void {
    const engine = this.#slot.engine
    if (!engine) return
    this.#applyCap()
    const level = indexOfLabel(engine.levels, this.chosen.quality)
    if (level >= 0) engine.level = level
    this.changed()
  }

  /** The engine's levels or tracks, or which of them play, have changed. */
  changed(): void {
    const engine = this.#slot.engine
    if (!engine) return
    const before = [labels(this.#audioTracks), labels(this.#subtitles)]
    this.#levels = engine.levels
    this.#audioTracks = engine.audioTracks
    this.#subtitles = engine.subtitles
    // Tracks come after the levels and may change their order: the user's choice is applied when they arrive.
    const audio = this.#wantedAudio
    if (audio >= 0 && before[0] !== labels(this.#audioTracks)) engine.audioTrack = audio
    const subtitle = trackOf(this.#subtitles, this.chosen.subtitle, this.chosen.subtitleLanguage)
    if (before[1] !== labels(this.#subtitles)) engine.subtitle = subtitle
    this.#level = this.#pinned ? -1 : engine.level
    this.#playingLevel = engine.playingLevel
    this.#audioTrack = engine.audioTrack
    this.#subtitle = engine.subtitle
    this.#applyCap()
  }

  #applyCap(): void {
    const engine = this.#slot.engine
    if (!engine) return
    engine.cap = capUnder(engine.levels, this.#capOfRoom, this.#ceiling)
  }
  get #capOfRoom(): number {
    const density = Math.min(2, globalThis.devicePixelRatio || 1)
    const room = this.#room
    return capFor(
      this.#slot.engine?.levels ?? [],
      room && { width: room.width * density, height: room.height * density },
    )
  }
}

const labels = (tracks: readonly Track[]): string => JSON.stringify(tracks.map((t) => t.label))
