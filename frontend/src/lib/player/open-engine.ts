import type { OpenEngine } from './engine'

/** Opens hls.js if the webview has Media Source Extensions, else its native HLS. Rejects with the reason if it has neither. */
export const openEngine: OpenEngine = async (listener) => {
  const { default: Hls } = await import('hls.js')
  if (Hls.isSupported()) {
    const { HlsEngine } = await import('./engine-hls')
    return new HlsEngine(Hls, listener)
  }
  const { NativeEngine, nativeSupported } = await import('./engine-native')
  if (nativeSupported()) return new NativeEngine(listener)
  throw new Error('This webview cannot play H.264. Run “gridwall doctor” to see what to install.')
}
