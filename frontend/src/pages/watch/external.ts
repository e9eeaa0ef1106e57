import type { Tile } from '$lib/player/tile.svelte'
import type { App } from '$lib/state/app.svelte'

/**
 * Opens a tile's stable address in mpv or VLC; in a browser, copies the address. Returns the address if it could not be
 * copied, else "".
 */
export async function openExternally(app: App, tile: Tile): Promise<string> {
  if (app.shell.window) {
    const player = app.preferences.get('ui.player') || 'mpv'
    await app.act(
      () => app.shell.openPlayer(tile.id, player),
      `Opening ${tile.title} in ${player === 'vlc' ? 'VLC' : player}.`,
    )
    return ''
  }
  const path = tile.active?.playback_url ?? `/hls/${tile.id}/index.m3u8`
  const address = new URL(path, location.href).href
  try {
    await navigator.clipboard.writeText(address)
    app.notices.show('done', `Copied the address of ${tile.title}. Paste it into mpv or VLC.`)
    return ''
  } catch {
    return address
  }
}
