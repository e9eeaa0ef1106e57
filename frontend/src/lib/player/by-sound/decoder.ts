import type { Decode } from './listener'

/** An envelope needs no high tones, in Hz. */
const SAMPLE_RATE = 16_000
/** How long a webview may take to decode a few seconds of sound, in ms, and how often it may take longer before it is not asked any more. */
const PATIENCE = 10_000
const MOST_LATE = 3

/**
 * Returns a function that decodes sound with WebAudio, without playing it: that needs neither an audio device nor a click. A
 * webview that does not answer is given up for good.
 */
export function decoder(
  open: () => Pick<BaseAudioContext, 'decodeAudioData'> = () => new OfflineAudioContext(1, 1, SAMPLE_RATE),
): Decode {
  let context: ReturnType<typeof open> | undefined
  let late = 0
  return async (file) => {
    if (late >= MOST_LATE) throw new Error('the webview does not decode sound')
    context ??= open()
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        late++
        context = undefined
        reject(new Error('the webview takes too long to decode sound'))
      }, PATIENCE)
    })
    try {
      const sound = await Promise.race([context.decodeAudioData(file), timeout])
      late = 0
      return sound
    } finally {
      clearTimeout(timer)
    }
  }
}
