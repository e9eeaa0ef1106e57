/** Whether the page is shown by WebKitGTK, as in the window on Linux. */
export const isWebKitGtk = (agent = navigator.userAgent): boolean =>
  /Linux.*AppleWebKit/.test(agent) && !/Chrom/.test(agent)
