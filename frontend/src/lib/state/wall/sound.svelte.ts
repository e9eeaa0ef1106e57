import { untrack } from 'svelte'
import type { Tile } from '../../player/tile.svelte'
import type { Tiles } from './tiles.svelte'

/** Which tile is heard: the focused one, or a pinned one. */
export class Sound {
  #tiles: Tiles
  #id = $state('')
  #muted = $state(false)

  constructor(tiles: Tiles) {
    this.#tiles = tiles
  }

  /** The id of the tile that the sound is pinned to, even if it is closed; "" if the sound follows the focus. */
  get id(): string {
    return this.#id
  }
  /** The tile that is heard, unless the wall is muted. */
  get tile(): Tile | undefined {
    return this.#tiles.list.find((t) => t.id === this.#id) ?? this.#tiles.focused
  }
  /** Whether the sound is pinned to one tile; otherwise it follows the focus. */
  get stays(): boolean {
    return this.#tiles.has(this.#id)
  }
  get muted(): boolean {
    return this.#muted
  }

  /** Mutes all, or unmutes the tile that is heard. */
  setMuted(on: boolean): void {
    this.#muted = on
    this.apply()
  }
  /** Pins the sound to a tile; "" lets it follow the focus. */
  choose(id: string): void {
    this.#id = id
    this.#muted = false
    this.apply()
  }
  /** Restores the stored state; applied with the next tiles. */
  restore(id: string, muted = this.#muted): void {
    this.#id = id
    this.#muted = muted
  }

  /** The tile of a feed shows another one now: the sound stays with the tile. */
  moved(before: string, after: string): void {
    if (this.#id === before) this.#id = after
    this.apply()
  }

  /** Call after tiles were opened or closed, or the focus has moved. */
  apply(): void {
    const heard = this.#muted ? undefined : this.tile
    for (const t of this.#tiles.list) if (t.player.muted !== (t !== heard)) t.player.setMuted(t !== heard)
  }

  /** Call within an effect root. Only one tile is heard: unmuting another with its own button moves the sound there. */
  follow(): void {
    $effect(() => {
      const sound = this.tile
      const other = this.#tiles.list.find((t) => t !== sound && !t.player.muted)
      const silenced = sound !== undefined && sound.player.muted && !sound.player.soundBlocked
      untrack(() => {
        if (other) {
          this.#tiles.setFocus(other.id)
          this.choose('')
        } else if (sound) this.#muted = silenced
      })
    })
  }
}
