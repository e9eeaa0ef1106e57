import type { HlsConfig, LoadPolicy, RetryConfig } from 'hls.js'

// Which requests are retried, how often and when. The proxy behind /hls/ renews an expired token within a request. So an
// answer may take up to 7 s, and a refusal is final.

/** How often hls.js retries before the player takes over, which retries without end. */
export const QUICK_TRIES = 3
const FIRST_DELAY = 1_000
/** The longest delay between two tries, in ms, so that playback resumes within 5 s once the upstream is back. */
export const LAST_DELAY = 4_000
/** The delay after a refusal (404, 410), in ms: the proxy has already tried to recover. */
export const REFUSED_DELAY = 5_000

/** The delay before try n (from 0) after an HTTP status; status 0: no answer. */
export function delayOf(n: number, status: number): number {
  if (isRefusal(status)) return REFUSED_DELAY
  return Math.min(FIRST_DELAY * 2 ** n, LAST_DELAY)
}

const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429

/** Whether the same request may succeed a moment later: the server is restarting, or the upstream has failed. */
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
  // Unused: the proxy chooses the CDN, and feeds with DRM or interstitials are not supported.
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
  // With the end of the playlist as its end, WebKit ends and pauses a video that has played all there is.
  liveDurationInfinity: true,
  // Only Step changes the playback rate: two controllers would work against each other.
  maxLiveSyncPlaybackRate: 1,
  // Low latency holds a request open for each playlist, and a browser has six connections for all tiles together.
  lowLatencyMode: false,
  // Start with what a home connection can carry instead of the lowest variant.
  abrEwmaDefaultEstimate: 5_000_000,
  testBandwidth: false,
  preserveManualLevelOnError: true,
  errorPenaltyExpireMs: 30_000,
  playlistLoadPolicy: policy(10_000, 20_000),
  fragLoadPolicy: policy(10_000, 60_000),
  keyLoadPolicy: policy(10_000, 20_000),
  // The player itself retries the first request, so that it can show the problem.
  manifestLoadPolicy: {
    default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: null, errorRetry: null },
  },
})
