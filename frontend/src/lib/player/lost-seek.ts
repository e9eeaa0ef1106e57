import { ahead } from './measure'

/** How often it looks at a seek that is under way, in ms. */
const LOOK = 100
/** How long a seek may take once its media is there, in ms; after each repetition twice as long, up to the maximum. */
const FIRST_PATIENCE = 500
const MOST_PATIENCE = 10_000
/** So much media must be there, in s, and there is a frame so much later, in s: a seek to the same time would be none. */
const ENOUGH = 0.5
const LATER = 0.02

/**
 * Repeats a seek that does not end although its media is there: WebKitGTK loses seeks to where nothing is buffered, if the video
 * has already waited for media. Ends with the signal.
 */
export function repeatLostSeeks(video: HTMLVideoElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setInterval> | undefined
  let [waited, patience] = [0, FIRST_PATIENCE]
  const stop = () => {
    clearInterval(timer)
    timer = undefined
    waited = 0
  }
  const look = () => {
    if (!video.seeking) return stop()
    waited = ahead(video.buffered, video.currentTime) >= ENOUGH ? waited + LOOK : 0
    if (waited < patience) return
    waited = 0
    patience = Math.min(MOST_PATIENCE, 2 * patience)
    video.currentTime += LATER
  }
  video.addEventListener('seeking', () => (timer ??= setInterval(look, LOOK)), { signal })
  video.addEventListener('seeked', () => (patience = FIRST_PATIENCE), { signal })
  signal.addEventListener('abort', stop)
}
