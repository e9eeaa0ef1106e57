import { beforeEach, expect, it } from 'vitest'
import { DecodeBudget, type Drawn, type Step } from './budget'

/** Tiles of 25 frames per second; `lost` is how many of them are dropped each second. */
class Machine {
  budget = new DecodeBudget()
  tiles: (Drawn & { lost: number })[]
  now = 1_000_000
  constructor(...areas: number[]) {
    this.tiles = areas.map((area, i) => ({
      key: `t${i + 1}`,
      area,
      frames: 0,
      dropped: 0,
      height: 720,
      focused: i === 0,
      canStepDown: true,
      reduced: false,
      lost: 0,
    }))
  }
  lose(lost: number): this {
    for (const t of this.tiles) t.lost = lost
    return this
  }
  tile(key: string) {
    const found = this.tiles.find((t) => t.key === key)
    if (!found) throw new Error(key)
    return found
  }
  /** Runs for some seconds, and does what the budget says; returns that as text. */
  run(seconds: number): string {
    const done: string[] = []
    for (let i = 0; i < seconds; i++) {
      this.now += 1000
      for (const t of this.tiles) {
        t.frames += 25
        t.dropped += t.lost
      }
      const step = this.budget.second(this.tiles, this.now)
      if (step) done.push(this.#act(step))
    }
    return done.join(' ')
  }
  #act(step: Step): string {
    if (step.do === 'none') return 'none'
    const t = this.tile(step.key)
    if (step.do === 'down') {
      t.height = t.height === 720 ? 540 : 360
      t.canStepDown = t.height > 360
    } else t.height = t.height === 360 ? 540 : 720
    t.reduced = t.height < 720
    return `${step.key} ${step.do}`
  }
}

let machine: Machine
beforeEach(() => {
  machine = new Machine(900, 300, 310, 305)
})

it('lowers the smallest tiles first, one level at a time, each when the last one had its effect', () => {
  machine.lose(2)
  expect(machine.run(10)).toBe('t2 down')
  expect(machine.run(14), 'what is buffered plays first').toBe('')
  expect(machine.run(30)).toBe('t3 down t4 down')
  expect(machine.run(60), 'the large one comes last').toBe('t2 down t3 down t4 down t1 down')
  expect(machine.run(10)).toBe('t1 down')
  expect(machine.run(20), 'nothing is left to lower').toBe('none')
})

it('leaves tiles alone whose level the user chose, or that play their lowest', () => {
  machine.tile('t2').canStepDown = machine.tile('t3').canStepDown = false
  machine.lose(2)
  expect(machine.run(10)).toBe('t4 down')
})

it('lowers the focused one of equal tiles last', () => {
  const equal = new Machine(300, 300)
  equal.lose(2)
  expect(equal.run(60)).toBe('t2 down t2 down t1 down t1 down')
})

it('does nothing about a moment: a seek, a new tile, one bad second', () => {
  expect(machine.run(20)).toBe('')
  machine.lose(12)
  expect(machine.run(2)).toBe('')
  machine.lose(0)
  expect(machine.run(30)).toBe('')
  // A new player starts counting again.
  Object.assign(machine.tile('t3'), { frames: 0, dropped: 0 })
  expect(machine.run(30)).toBe('')
  machine.tile('t1').lost = 1
  expect(machine.run(60), 'one of a hundred frames is tolerated').toBe('')
})

it('raises the largest again after quiet minutes, and waits longer each time that this drops frames', () => {
  machine.lose(2)
  expect(machine.run(26)).toBe('t2 down t3 down')
  machine.lose(0)
  expect(machine.run(110)).toBe('')
  expect(machine.run(25), 'the larger of the two').toBe('t3 up')
  machine.lose(2)
  expect(machine.run(16)).toBe('t3 down')
  machine.lose(0)
  expect(machine.run(180), 'twice as long as before').toBe('')
  expect(machine.run(70)).toBe('t3 up')
  expect(machine.run(600), 'until all play what their size needs').toBe('t2 up')
})
