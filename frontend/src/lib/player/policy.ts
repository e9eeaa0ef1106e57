import type { HlsConfig, LoadPolicy, RetryConfig } from 'hls.js'

// What is asked again, how often and when. The proxy behind /hls/ heals a dead token inside of a request, for 7 s at
// most: so an answer can be slow, and one that says no means it.

/** How often hls.js asks again by itself, before the player takes over and goes on asking for ever. */
export const QUICK_TRIES = 3
const FIRST_DELAY = 1_000
/** The longest wait between two tries, in ms: when the upstream is back, the picture is back within 5 s. */
export const LAST_DELAY = 4_000
/** The wait after a clear no (404, 410: the proxy has already tried to heal it), in ms. */
export const REFUSED_DELAY = 5_000

/** How long to wait before try n (from 0) after such a status; 0: no answer at all. */
export function delayOf(n: number, status: number): number {
  if (isRefusal(status)) return REFUSED_DELAY
  return Math.min(FIRST_DELAY * 2 ** n, LAST_DELAY)
}

const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429

/** Whether the same request may go well a moment later: the server is restarting, or the upstream is ill. */
export function worthAnotherTry(status: number | undefined, timeout: boolean): boolean {
  if (timeout) return true
  if (status === undefined) return false
  return status === 0 || status >= 500 || status === 408 || status === 429
}

const again: RetryConfig = {
  maxNumRetry: QUICK_TRIES,
  retryDelayMs: FIRST_DELAY,
  maxRetryDelayMs: LAST_DELAY,
  shouldRetry: (config, count, timeout, response) =>
    !!config && count < config.maxNumRetry && worthAnotherTry(response?.code, timeout),
}

const policy = (maxTimeToFirstByteMs: number, maxLoadTimeMs: number): LoadPolicy => ({
  default: { maxTimeToFirstByteMs, maxLoadTimeMs, timeoutRetry: again, errorRetry: again },
})

/** hls.js for a proxy on the same network that renews tokens, and for many tiles in one page. */
export const hlsConfig = (): Partial<HlsConfig> => ({
  // The proxy chooses the CDN; no feed here has DRM, and nothing is inserted into a feed.
  cmcdController: undefined,
  contentSteeringController: undefined,
  emeController: undefined,
  iframeController: undefined,
  interstitialsController: undefined,
  useMediaCapabilities: false,
  backBufferLength: 30,
  maxBufferLength: 20,
  maxMaxBufferLength: 30,
  maxBufferSize: 30_000_000,
  liveSyncDurationCount: 3,
  // Catching up is the business of Step: two that turn at one screw fight.
  maxLiveSyncPlaybackRate: 1,
  // Low latency keeps a request waiting for each playlist, and a browser has six connections for all tiles together.
  lowLatencyMode: false,
  // Start with what a home can carry rather than with the smallest variant.
  abrEwmaDefaultEstimate: 5_000_000,
  testBandwidth: false,
  preserveManualLevelOnError: true,
  errorPenaltyExpireMs: 30_000,
  playlistLoadPolicy: policy(10_000, 20_000),
  fragLoadPolicy: policy(10_000, 60_000),
  keyLoadPolicy: policy(10_000, 20_000),
  // The first request is asked again by the player itself, so that it can say so.
  manifestLoadPolicy: {
    default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: null, errorRetry: null },
  },
})
