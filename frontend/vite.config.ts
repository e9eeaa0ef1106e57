import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { hlsAlias, hlsDefine, hlsParts } from './hls-parts.ts'
import { interParts } from './inter-parts.ts'

// The server wants its own host and origin.
const behind = (target = 'http://127.0.0.1:8787') => ({
  target,
  changeOrigin: true,
  headers: { origin: target },
})

// One dist serves the window and the browser: relative to the root, without anything from elsewhere.
export default defineConfig(({ mode }) => ({
  plugins: [svelte(), hlsParts, interParts],
  define: hlsDefine,
  resolve: {
    alias: [{ find: '$lib', replacement: new URL('./src/lib', import.meta.url).pathname }, hlsAlias],
    // Tests mount components, so they want the browser's Svelte.
    conditions: mode === 'test' ? ['browser'] : undefined,
  },
  build: {
    // WebKitGTK 2.40 and newer, WebView2, and the browsers of two years.
    target: ['safari16.4', 'chrome111', 'firefox115'],
    // public/.gitkeep comes along, because Go embeds the folder before Node ran.
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  optimizeDeps: { exclude: ['hls.js'], include: ['eventemitter3', 'url-toolkit'] },
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
    // One document and one set of modules for all files: to make them anew for each takes three quarters of the time.
    pool: 'threads',
    isolate: false,
  },
}))
