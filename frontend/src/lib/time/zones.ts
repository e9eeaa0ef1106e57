import type { RaceEvent } from '../api'

/** A track's time zone. If it is unknown, zone is UTC and known is false. */
export interface TrackZone {
  zone: string
  known: boolean
}

/**
 * The current and some former places of the F1, WEC, MotoGP, IndyCar and Formula E calendars, by zone. Each is a locality,
 * or a word that identifies a circuit or an event; lower case, without accents.
 */
const PLACES: Record<string, string> = {
  'Europe/London': 'silverstone|london|brands hatch|donington|knockhill',
  'Europe/Paris': 'le mans|paris|magny cours|le castellet|paul ricard',
  'Europe/Monaco': 'monaco|monte carlo',
  'Europe/Brussels': 'spa|spa francorchamps|stavelot|zolder',
  'Europe/Amsterdam': 'zandvoort|assen',
  'Europe/Berlin':
    'berlin|sachsenring|hohenstein ernstthal|hockenheim|hockenheimring|nurburgring|nurburg|norisring|tempelhof',
  'Europe/Vienna': 'spielberg|red bull ring|salzburgring',
  'Europe/Rome': 'monza|imola|mugello|scarperia|misano|misano adriatico|vallelunga|rome',
  'Europe/San_Marino': 'san marino',
  'Europe/Budapest': 'budapest|mogyorod|hungaroring|balaton|balatonfokajar|balaton park',
  'Europe/Prague': 'brno',
  'Europe/Madrid':
    'madrid|madring|barcelona|montmelo|catalunya|jerez|jerez de la frontera|alcaniz|aragon|motorland|valencia|cheste|jarama',
  'Europe/Lisbon': 'portimao|algarve|estoril',
  'Europe/Moscow': 'sochi|moscow',
  'Europe/Istanbul': 'istanbul|tuzla',
  'Asia/Baku': 'baku',
  'Asia/Bahrain': 'sakhir|bahrain|manama',
  'Asia/Qatar': 'lusail|losail|doha|qatar',
  'Asia/Riyadh': 'jeddah|jiddah|diriyah|riyadh|qiddiya',
  'Asia/Dubai': 'yas marina|yas island|abu dhabi|dubai',
  'Asia/Almaty': 'sokol|almaty',
  'Asia/Kolkata': 'hyderabad|buddh|greater noida|noida',
  'Asia/Bangkok': 'buriram|chang international|bangkok',
  'Asia/Jakarta': 'jakarta',
  'Asia/Makassar': 'mandalika|lombok',
  'Asia/Kuala_Lumpur': 'sepang|kuala lumpur',
  'Asia/Singapore': 'singapore|marina bay',
  'Asia/Shanghai': 'shanghai|beijing|sanya|zhuhai|ningbo',
  'Asia/Hong_Kong': 'hong kong',
  'Asia/Macau': 'macau',
  'Asia/Seoul': 'seoul|yeongam',
  'Asia/Tokyo': 'suzuka|fuji|oyama|motegi|tokyo|autopolis|sugo|okayama',
  'Australia/Melbourne': 'melbourne|albert park|phillip island',
  'Australia/Adelaide': 'adelaide|the bend',
  'Australia/Sydney': 'bathurst|mount panorama|sydney',
  'Africa/Johannesburg': 'cape town|kyalami|midrand|johannesburg',
  'Africa/Casablanca': 'marrakesh|marrakech',
  'America/New_York':
    'miami|miami gardens|homestead|st petersburg|saint petersburg|sebring|daytona|daytona beach|watkins glen|mid ohio|lexington|braselton|road atlanta|new york|brooklyn|lime rock|alton|virginia international',
  'America/Detroit': 'detroit|belle isle',
  'America/Indiana/Indianapolis': 'indianapolis',
  'America/Chicago':
    'austin|circuit of the americas|cota|fort worth|texas motor speedway|arlington|barber|birmingham|gateway|world wide technology|elkhart lake|road america|milwaukee|west allis|newton|iowa|nashville|chicago',
  'America/Phoenix': 'phoenix|avondale',
  'America/Los_Angeles':
    'las vegas|long beach|laguna seca|monterey|portland|thermal|sonoma|fontana|pomona|seattle',
  'America/Toronto': 'montreal|gilles villeneuve|toronto|markham|mosport|bowmanville',
  'America/Vancouver': 'vancouver',
  'America/Mexico_City': 'mexico city|hermanos rodriguez|puebla',
  'America/Sao_Paulo': 'sao paulo|interlagos|goiania|rio de janeiro|brasilia',
  'America/Argentina/Buenos_Aires': 'termas de rio hondo|buenos aires',
  'America/Santiago': 'santiago',
  'America/Montevideo': 'punta del este',
}

/** Countries with one zone, or with all tracks in one. The USA, Canada and Australia have several. */
const COUNTRIES: Record<string, string> = {
  'Europe/London': 'uk|united kingdom|great britain|england|scotland|wales',
  'Europe/Dublin': 'ireland',
  'Europe/Paris': 'france',
  'Europe/Monaco': 'monaco',
  'Europe/Brussels': 'belgium',
  'Europe/Amsterdam': 'netherlands|the netherlands',
  'Europe/Berlin': 'germany',
  'Europe/Vienna': 'austria',
  'Europe/Zurich': 'switzerland',
  'Europe/Rome': 'italy',
  'Europe/San_Marino': 'san marino',
  'Europe/Budapest': 'hungary',
  'Europe/Prague': 'czech republic|czechia',
  'Europe/Warsaw': 'poland',
  'Europe/Madrid': 'spain',
  'Europe/Lisbon': 'portugal',
  'Europe/Stockholm': 'sweden',
  'Europe/Helsinki': 'finland',
  'Europe/Oslo': 'norway',
  'Europe/Copenhagen': 'denmark',
  'Europe/Istanbul': 'turkey|turkiye',
  'Asia/Baku': 'azerbaijan',
  'Asia/Bahrain': 'bahrain',
  'Asia/Qatar': 'qatar',
  'Asia/Riyadh': 'saudi arabia',
  'Asia/Dubai': 'uae|united arab emirates',
  'Asia/Kuwait': 'kuwait',
  'Asia/Almaty': 'kazakhstan',
  'Asia/Kolkata': 'india',
  'Asia/Bangkok': 'thailand',
  'Asia/Ho_Chi_Minh': 'vietnam',
  'Asia/Kuala_Lumpur': 'malaysia',
  'Asia/Singapore': 'singapore',
  'Asia/Shanghai': 'china',
  'Asia/Seoul': 'korea|south korea',
  'Asia/Tokyo': 'japan',
  'Pacific/Auckland': 'new zealand',
  'Africa/Johannesburg': 'south africa',
  'Africa/Casablanca': 'morocco',
  'Africa/Kigali': 'rwanda',
  'America/Mexico_City': 'mexico',
  'America/Sao_Paulo': 'brazil',
  'America/Argentina/Buenos_Aires': 'argentina',
  'America/Santiago': 'chile',
  'America/Montevideo': 'uruguay',
}

type Table = [words: string, zone: string][]

/** A table with the longest words first: "mexico city" is tried before "mexico". */
const table = (zones: Record<string, string>): Table =>
  Object.entries(zones)
    .flatMap(([zone, words]) => words.split('|').map((w): [string, string] => [` ${w} `, zone]))
    .sort(([a], [b]) => b.length - a.length)

const places = table(PLACES)
const countries = table(COUNTRIES)

/** Every zone in the tables. */
export const allZones = (): string[] => [...new Set([...Object.keys(PLACES), ...Object.keys(COUNTRIES)])]

const plain = (s: string): string =>
  ` ${s
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()} `

const find = (where: Table, text: string): string | undefined =>
  where.find(([words]) => text.includes(words))?.[1]

type Place = Pick<RaceEvent, 'circuit' | 'locality' | 'country' | 'name'>

/** Finds the zone of an event's track by its locality, circuit, name or country, in this order. */
export function trackZone(e: Place): TrackZone {
  const names = [e.locality, e.circuit, e.name].map(plain)
  for (const text of names) {
    const zone = find(places, text)
    if (zone) return { zone, known: true }
  }
  for (const text of [plain(e.country), ...names]) {
    const zone = find(countries, text)
    if (zone) return { zone, known: true }
  }
  return { zone: 'UTC', known: false }
}

/** The zone of this machine. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
