import type { Event } from '../../api/generated/schema'
import { isLayout, LAYOUTS, MOST_TILES } from '../../grid/arrange'
import { titleOf } from '../../grid/feeds'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'
import type { Wall } from '../wall.svelte'

/** A command from a remote for this screen. */
export type Order = NonNullable<Event['order']>
type Arguments = Order['arguments']

/** Carries out a command. Rejects with one line for the remote if it cannot. Like a click, it restarts no other tile. */
export async function carryOut(app: App, wall: Wall, { command, arguments: a }: Order): Promise<void> {
  switch (command) {
    case 'open':
      return openStream(app, wall, a)
    case 'close':
      return wall.close(oneOf(wall, a).id)
    case 'swap':
      return wall.swap(at(wall, a.place ?? 0).id, at(wall, a.with ?? 0).id)
    case 'focus':
      return wall.focus(oneOf(wall, a).id)
    case 'seek':
      return seek(wall, oneOf(wall, a), a.seconds ?? 0)
    case 'pause':
      return allOf(wall, a).forEach((t) => t.player.pause())
    case 'play':
      return allOf(wall, a).forEach((t) => t.player.play())
    case 'live':
      return goLive(wall, named(wall, a))
    case 'delay':
      return wall.setDelay(a.seconds ?? null)
    case 'sound':
      return sound(wall, a)
    case 'volume':
      return (named(wall, a) ?? wall.sound.tile ?? oneOf(wall, a)).player.setVolume(a.volume ?? 1)
    case 'layout':
      return layout(wall, a.layout ?? '')
    case 'wall':
      return openWall(app, wall, a.wall ?? '')
  }
  throw new Error(`This screen cannot do “${command}”.`)
}

/** The tile at a place. */
function at(wall: Wall, place: number): Tile {
  const tile = wall.tiles[place - 1]
  if (!tile) throw new Error(`Tile ${place} does not exist: the wall has ${wall.tiles.length}.`)
  return tile
}

/** The tile that the arguments name; undefined if they name none. */
function named(wall: Wall, a: Arguments): Tile | undefined {
  if (a.place) return at(wall, a.place)
  if (!a.stream_id) return undefined
  const tile = wall.tiles[wall.place(a.stream_id)]
  if (!tile) throw new Error('This stream is not on the wall.')
  return tile
}

/** The tile that the arguments name, or the focused one. */
function oneOf(wall: Wall, a: Arguments): Tile {
  const tile = named(wall, a) ?? wall.focused
  if (!tile) throw new Error('The wall is empty.')
  return tile
}

/** The tile that the arguments name, or all. */
function allOf(wall: Wall, a: Arguments): readonly Tile[] {
  const tile = named(wall, a)
  return tile ? [tile] : wall.tiles
}

async function openStream(app: App, wall: Wall, a: Arguments): Promise<void> {
  const find = () => app.streams.value?.streams.find((s) => s.id === a.stream_id)
  if (!find()) await app.streams.load()
  const stream = find()
  if (!stream) throw new Error('No source lists this stream.')
  const feed = { ...stream, title: titleOf(stream) }
  if (a.place) wall.change(at(wall, a.place).id, feed)
  else if (!wall.has(feed.id) && wall.tiles.length >= MOST_TILES)
    throw new Error(`The wall is full: it has ${MOST_TILES} feeds. Close one first.`)
  else wall.open(feed)
  app.route.go('watch')
}

/** As with the keys J and K: all tiles seek if they are kept in sync. */
function seek(wall: Wall, tile: Tile, seconds: number): void {
  for (const t of wall.sync.on ? wall.tiles : [tile]) t.player.live.seekBy(seconds)
}

/** As with the key L: all tiles go live in sync. */
function goLive(wall: Wall, tile: Tile | undefined): void {
  if (tile) tile.player.live.goLive()
  else wall.sync.goLive()
}

function sound(wall: Wall, a: Arguments): void {
  const tile = named(wall, a)
  if (a.mix !== undefined) mix(wall, tile, a.mix)
  else if (tile) wall.sound.choose(tile.id)
  else if (a.muted === undefined) wall.sound.choose('')
  if (a.muted !== undefined) wall.sound.setMuted(a.muted)
}

/** Adds a tile to the mix or removes it; without a tile, switches the mix on or off. */
function mix(wall: Wall, tile: Tile | undefined, on: boolean): void {
  if (on || !tile) wall.sound.setMix(on)
  if (tile) wall.sound.setOn(tile.id, on)
}

function layout(wall: Wall, name: string): void {
  if (name === 'next') return wall.nextLayout()
  if (!isLayout(name)) throw new Error(`Unknown layout “${name}”; use next, ${LAYOUTS.join(', ')}.`)
  wall.arrangement.choose(name)
}

async function openWall(app: App, wall: Wall, name: string): Promise<void> {
  if (!app.savedWalls.find(name)) await app.walls.load()
  if (!wall.saved.open(name)) throw new Error(`No wall is saved as “${name}”.`)
  app.route.go('watch')
}
