// gridwallCoded() returns, for each video of the wall, its title, the number of the coded frame that it shows (null if it shows none),
// and the state of its player. All videos are drawn before any is decoded, so that they are read at one instant.
globalThis.gridwallCoded = (() => {
  const COLUMNS = 8
  const ROWS = 4
  const CELL = 4
  const canvases = []
  const checksum = (frame) => {
    let crc = 0xff
    for (let shift = 16; shift >= 0; shift -= 8) {
      crc ^= (frame >>> shift) & 0xff
      for (let i = 0; i < 8; i++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff
    }
    return crc
  }
  const canvas = (i) => {
    if (!canvases[i]) {
      const c = document.createElement('canvas')
      c.width = COLUMNS * CELL
      c.height = ROWS * CELL
      canvases[i] = c.getContext('2d', { willReadFrequently: true })
    }
    return canvases[i]
  }
  const read = (context) => {
    const { data } = context.getImageData(0, 0, COLUMNS * CELL, ROWS * CELL)
    let frame = 0
    let crc = 0
    for (let bit = 0; bit < COLUMNS * ROWS; bit++) {
      const x = (bit % COLUMNS) * CELL + CELL / 2
      const y = Math.floor(bit / COLUMNS) * CELL + CELL / 2
      const white = data[(y * COLUMNS * CELL + x) * 4] > 127 ? 1 : 0
      if (bit < 24) frame = frame * 2 + white
      else crc = crc * 2 + white
    }
    return crc === checksum(frame) ? frame : null
  }
  return () => {
    const videos = [...document.querySelectorAll('[role=group] video')]
    const now = Date.now()
    videos.forEach((v, i) => canvas(i).drawImage(v, 0, 0, COLUMNS * CELL, ROWS * CELL))
    return videos.map((v, i) => ({
      title: v.closest('[role=group]').getAttribute('aria-label'),
      now,
      frame: read(canvas(i)),
      at: v.currentTime,
      rate: v.playbackRate,
      paused: v.paused,
      ready: v.readyState,
    }))
  }
})()
