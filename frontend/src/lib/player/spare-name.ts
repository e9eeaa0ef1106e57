interface Named {
  site_name: string
  title: string
  quality: string
}

/** What distinguishes a feed from its spares: its source; with the title, and the quality, if others have the same. */
export function spareName(of: Named, all: readonly Named[]): string {
  if (of.site_name === '') return of.title
  const same = all.filter((s) => s.site_name === of.site_name)
  if (same.length < 2) return of.site_name
  const twins = same.filter((s) => s.title === of.title)
  return [of.site_name, of.title, twins.length > 1 ? of.quality : ''].filter((w) => w !== '').join(' · ')
}
