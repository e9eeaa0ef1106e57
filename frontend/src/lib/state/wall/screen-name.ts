const BROWSERS: [RegExp, string][] = [
  [/\bEdg\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Headless)?Chrom(e|ium)\//, 'Chromium'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** The name of a screen for remotes: Window, or Chromium on Linux. Browsers of Chromium's kind do not all say which they are. */
export function screenName(window: boolean, agent = navigator.userAgent): string {
  if (window) return 'Window'
  const find = (of: [RegExp, string][]) => of.find(([pattern]) => pattern.test(agent))?.[1]
  const system = find(SYSTEMS)
  return (find(BROWSERS) ?? 'Browser') + (system ? ` on ${system}` : '')
}
