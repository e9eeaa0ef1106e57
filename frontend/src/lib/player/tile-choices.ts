import { spareName } from './spare-name'
import type { Tile } from './tile.svelte'

export interface Choice {
  label: string
  chosen: boolean
  choose: () => void
}

/** What a tile's menu offers to choose from, without groups of which only one choice is left. `onspare` goes on with a spare, or with
 * the feed's own source: "". */
export function choicesOf(tile: Tile, onspare: (id: string) => void): { name: string; choices: Choice[] }[] {
  return [
    { name: 'Quality', choices: qualities(tile) },
    { name: 'Audio', choices: audioTracks(tile) },
    { name: 'Subtitles', choices: subtitles(tile) },
    { name: 'Source', choices: sources(tile, onspare) },
  ].filter((g) => g.name === 'Quality' || g.choices.length > 1)
}

function qualities({ player: { choices } }: Tile): Choice[] {
  const playing = choices.levels.find((l) => l.index === choices.playingLevel)?.label
  return [
    {
      label: choices.level < 0 && playing ? `Auto (${playing})` : 'Auto',
      chosen: choices.level < 0,
      choose: () => choices.setLevel(-1),
    },
    ...choices.levels.toReversed().map((l) => ({
      label: l.label,
      chosen: choices.level === l.index,
      choose: () => choices.setLevel(l.index),
    })),
  ]
}

const audioTracks = ({ player: { choices } }: Tile): Choice[] =>
  choices.audioTracks.map((t) => ({
    label: t.label,
    chosen: choices.audioTrack === t.index,
    choose: () => choices.setAudioTrack(t.index),
  }))

const subtitles = ({ player: { choices } }: Tile): Choice[] => [
  { label: 'Off', chosen: choices.subtitle < 0, choose: () => choices.setSubtitle(-1) },
  ...choices.subtitles.map((t) => ({
    label: t.label,
    chosen: choices.subtitle === t.index,
    choose: () => choices.setSubtitle(t.index),
  })),
]

function sources(tile: Tile, onspare: (id: string) => void): Choice[] {
  const feeds = [tile, ...tile.spares]
  return [
    { label: spareName(tile, feeds), chosen: tile.spare === undefined, choose: () => onspare('') },
    ...tile.spares.map((s) => ({
      label: `${spareName(s, feeds)}${s.state === 'failed' ? ' (failed)' : ''}`,
      chosen: tile.spare?.stream_id === s.stream_id,
      choose: () => onspare(s.stream_id),
    })),
  ]
}
