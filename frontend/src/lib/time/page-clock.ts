/** This page's clock, in ms since 1970. Unlike Date.now(), it never jumps. */
export const pageClock = (): number => performance.timeOrigin + performance.now()
