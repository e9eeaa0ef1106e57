import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { interParts } from './inter-parts.ts'

// The server accepts only its own host and origin.
const behind = (target = 'http://127.0.0.1:8787') => ({
  target,
  changeOrigin: true,
  headers: { origin: target },
})

// One dist serves the window and the browser; it loads nothing from other hosts.
export default defineConfig(({ mode }) => ({
  plugins: [svelte(), interParts],
  resolve: {
    alias: { $lib: new URL('./src/lib', import.meta.url).pathname },
    // Tests mount components, which needs the browser build of Svelte.
    conditions: mode === 'test' ? ['browser'] : undefined,
  },
  build: {
    // WebKitGTK 2.40 and newer, WebView2, and the browsers of the last two years.
    target: ['safari16.4', 'chrome111', 'firefox115'],
    // public/.gitkeep is copied into dist: Go embeds the folder even if Node has not run.
    emptyOutDir: true,
    // hls.js is one chunk, loaded when a tile opens; build/page limits the total size.
    chunkSizeWarningLimit: 600,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // npm run dev beside "gridwall serve": GRIDWALL_URL says where it serves.
    proxy: Object.fromEntries(
      ['/api', '/hls', '/login', '/logout', '/page/'].map((path) => [
        path,
        behind(process.env['GRIDWALL_URL']),
      ]),
    ),
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    // Generous, because a loaded machine is slow.
    testTimeout: 60_000,
    // All files share one document and one set of modules: separate ones would take four times as long.
    pool: 'threads',
    isolate: false,
  },
}))
