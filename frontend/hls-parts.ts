import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// hls.js is built from the sources that its package ships, with its own switches: what Gridwall's proxy does already
// (variables, steering) and what it never does (DRM, client data, interstitials, trick play) stays out. That is a
// quarter of its size, and of the time to parse it.

const folder = dirname(createRequire(import.meta.url).resolve('hls.js/package.json'))
const { version } = createRequire(import.meta.url)('hls.js/package.json') as { version: string }

const PARTS: Record<string, boolean> = {
  ALT_AUDIO: true,
  SUBTITLES: true,
  M2TS_ADVANCED_CODECS: true,
  MEDIA_CAPABILITIES: false,
  CMCD: false,
  CONTENT_STEERING: false,
  EME_DRM: false,
  IFRAMES: false,
  INTERSTITIALS: false,
  VARIABLE_SUBSTITUTION: false,
}

/** What Vite puts in the place of hls.js's switches. */
export const hlsDefine: Record<string, string> = {
  ...Object.fromEntries(Object.entries(PARTS).map(([name, on]) => [`__USE_${name}__`, String(on)])),
  __VERSION__: JSON.stringify(version),
  __HLS_WORKER_BUNDLE__: 'undefined',
  __IN_WORKER__: 'false',
}

/** Where Vite finds hls.js. TypeScript goes on reading the types of the whole. */
export const hlsAlias = { find: /^hls\.js$/, replacement: join(folder, 'src/hls.ts') }

/** The controllers of the parts that stay out; hls.js's own build puts nothing into their place, too. */
const OFF = /hls\.js\/src\/controller\/(cmcd|content-steering|eme|iframe|interstitials)-controller\.ts(\?|$)/

export const hlsParts = {
  name: 'hls-parts',
  load: (id: string) =>
    OFF.test(id) ? 'export default undefined\nexport const IFrameController = undefined' : null,
}
