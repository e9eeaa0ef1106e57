// The settings, the program itself and what it keeps for this frontend.

export interface Settings {
  /** By their names in config.toml; those under "ui." are the clients' own. */
  settings: Record<string, string>
  /** Set in config.toml, and to be changed there alone. */
  fixed: string[]
  /** A change takes effect at the next start. */
  restart: string[]
}

export interface SettingsChange {
  /** null: back to the default. */
  settings: Record<string, string | null>
  /** Ignored, so that an answer can be sent back. */
  fixed?: string[]
  /** Ignored too. */
  restart?: string[]
}

export interface Paths {
  config: string
  sources: string
  data: string
  database: string
  /** "" where the log goes to stderr. */
  log: string
}

export interface About {
  version: string
  shell: 'window' | 'server'
  os: string
  /** Goes before /hls/ in playback URLs: "" on the server. */
  playback: string
  /** The external players that are installed where Gridwall runs. */
  players: string[]
  paths: Paths
  demo: boolean
  /** Whether this page came in by the login, and so can log out. */
  logged_in?: boolean
}

/** The layouts' document is this frontend's own; the server keeps it as it is. See lib/grid/document.ts. */
export type Layouts = Record<string, unknown>

/** A wall that was saved under a name. */
export interface Wall {
  name: string
  /** Changes with the wall; named by who replaces or deletes it. */
  revision: string
  wall: Layouts
}

export interface WallList {
  walls: Wall[]
}

export interface WallChange {
  /** The revision to be replaced; "0": none is there yet. */
  revision: string
  wall: Layouts
}
