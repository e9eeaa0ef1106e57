import type { OpenEngine } from './engine'

/** Opens hls.js if there are media source extensions, else the webview's native HLS. Rejects with the reason if there is neither. */
export const openEngine: OpenEngine = async (listener) => {
  const { default: Hls } = await import('hls.js')
  if (Hls.isSupported()) {
    const { HlsEngine } = await import('./engine-hls')
    return new HlsEngine(Hls, listener)
  }
  const { NativeEngine, nativeSupported } = await import('./engine-native')
  if (nativeSupported()) return new NativeEngine(listener)
  throw new Error('This webview can play no H.264. “gridwall doctor” says what to install.')
}
