// @ts-nocheck
export namespace api {
	
	export class Paths {
	    config: string;
	    sources: string;
	    data: string;
	    database: string;
	    log: string;
	
	    static createFrom(source: any = {}) {
	        return new Paths(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.config = source["config"];
	        this.sources = source["sources"];
	        this.data = source["data"];
	        this.database = source["database"];
	        this.log = source["log"];
	    }
	}
	export class About {
	    version: string;
	    shell: string;
	    os: string;
	    playback: string;
	    players: string[];
	    paths: Paths;
	    demo: boolean;
	    logged_in?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new About(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.shell = source["shell"];
	        this.os = source["os"];
	        this.playback = source["playback"];
	        this.players = source["players"];
	        this.paths = this.convertValues(source["paths"], Paths);
	        this.demo = source["demo"];
	        this.logged_in = source["logged_in"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Activation {
	    stream_id?: string;
	    url?: string;
	    site_key?: string;
	    viewer?: string;
	
	    static createFrom(source: any = {}) {
	        return new Activation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_id = source["stream_id"];
	        this.url = source["url"];
	        this.site_key = source["site_key"];
	        this.viewer = source["viewer"];
	    }
	}
	export class ActiveSpare {
	    stream_id: string;
	    site_name: string;
	    // Go type: time
	    since?: any;
	    why: string;
	    by_hand: boolean;
	    spares: spares.Spare[];
	
	    static createFrom(source: any = {}) {
	        return new ActiveSpare(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_id = source["stream_id"];
	        this.site_name = source["site_name"];
	        this.since = this.convertValues(source["since"], null);
	        this.why = source["why"];
	        this.by_hand = source["by_hand"];
	        this.spares = this.convertValues(source["spares"], spares.Spare);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Active {
	    id: string;
	    original_url: string;
	    current_url: string;
	    site_key: string;
	    title: string;
	    quality: string;
	    // Go type: time
	    last_refreshed?: any;
	    refresh_count: number;
	    last_error: string;
	    // Go type: time
	    expires_at?: any;
	    playback_url: string;
	    spare_of?: string;
	    spare?: ActiveSpare;
	
	    static createFrom(source: any = {}) {
	        return new Active(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.original_url = source["original_url"];
	        this.current_url = source["current_url"];
	        this.site_key = source["site_key"];
	        this.title = source["title"];
	        this.quality = source["quality"];
	        this.last_refreshed = this.convertValues(source["last_refreshed"], null);
	        this.refresh_count = source["refresh_count"];
	        this.last_error = source["last_error"];
	        this.expires_at = this.convertValues(source["expires_at"], null);
	        this.playback_url = source["playback_url"];
	        this.spare_of = source["spare_of"];
	        this.spare = this.convertValues(source["spare"], ActiveSpare);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ActiveList {
	    active: Active[];
	
	    static createFrom(source: any = {}) {
	        return new ActiveList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.active = this.convertValues(source["active"], Active);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class CalendarSetting {
	    kind: string;
	    url?: string;
	    path?: string;
	    series?: string;
	    name?: string;
	    color?: string;
	    text?: string;
	    copy?: string;
	
	    static createFrom(source: any = {}) {
	        return new CalendarSetting(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.url = source["url"];
	        this.path = source["path"];
	        this.series = source["series"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.text = source["text"];
	        this.copy = source["copy"];
	    }
	}
	export class CalendarChange {
	    calendars: CalendarSetting[];
	    reset?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new CalendarChange(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.calendars = this.convertValues(source["calendars"], CalendarSetting);
	        this.reset = source["reset"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CalendarInfo {
	    kind: string;
	    url?: string;
	    path?: string;
	    series?: string;
	    name?: string;
	    color?: string;
	    copy?: string;
	    events: number;
	    // Go type: time
	    fetched_at?: any;
	    stale: boolean;
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new CalendarInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.url = source["url"];
	        this.path = source["path"];
	        this.series = source["series"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.copy = source["copy"];
	        this.events = source["events"];
	        this.fetched_at = this.convertValues(source["fetched_at"], null);
	        this.stale = source["stale"];
	        this.error = source["error"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CalendarList {
	    calendars: CalendarInfo[];
	    fixed: boolean;
	    chosen: boolean;
	    overrides: string;
	
	    static createFrom(source: any = {}) {
	        return new CalendarList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.calendars = this.convertValues(source["calendars"], CalendarInfo);
	        this.fixed = source["fixed"];
	        this.chosen = source["chosen"];
	        this.overrides = source["overrides"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class CalendarTrial {
	    events: jsontypes.RaceEvent[];
	    count: number;
	    series: string[];
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new CalendarTrial(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.events = this.convertValues(source["events"], jsontypes.RaceEvent);
	        this.count = source["count"];
	        this.series = source["series"];
	        this.error = source["error"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Codecs {
	    plays: string[];
	
	    static createFrom(source: any = {}) {
	        return new Codecs(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.plays = source["plays"];
	    }
	}
	export class FailedExtract {
	    key: string;
	    error: string;
	
	    static createFrom(source: any = {}) {
	        return new FailedExtract(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.error = source["error"];
	    }
	}
	export class Extraction {
	    streams: jsontypes.Stream[];
	    count: number;
	    failed: FailedExtract[];
	
	    static createFrom(source: any = {}) {
	        return new Extraction(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.streams = this.convertValues(source["streams"], jsontypes.Stream);
	        this.count = source["count"];
	        this.failed = this.convertValues(source["failed"], FailedExtract);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Guess {
	    key: string;
	    kind: string;
	    text: string;
	    titles: string[];
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new Guess(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.kind = source["kind"];
	        this.text = source["text"];
	        this.titles = source["titles"];
	        this.count = source["count"];
	    }
	}
	export class Opening {
	    event: string;
	    session: string;
	    open: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Opening(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.event = source["event"];
	        this.session = source["session"];
	        this.open = source["open"];
	    }
	}
	
	export class Preflight {
	    event_id: string;
	    event: string;
	    session: string;
	    // Go type: time
	    start?: any;
	    // Go type: time
	    checked_at?: any;
	    ready: number;
	    feeds: lineup.PreflightFeed[];
	    sources: lineup.PreflightSource[];
	    text: string;
	    opens: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Preflight(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.event_id = source["event_id"];
	        this.event = source["event"];
	        this.session = source["session"];
	        this.start = this.convertValues(source["start"], null);
	        this.checked_at = this.convertValues(source["checked_at"], null);
	        this.ready = source["ready"];
	        this.feeds = this.convertValues(source["feeds"], lineup.PreflightFeed);
	        this.sources = this.convertValues(source["sources"], lineup.PreflightSource);
	        this.text = source["text"];
	        this.opens = source["opens"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Resolved {
	    url: string;
	
	    static createFrom(source: any = {}) {
	        return new Resolved(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	    }
	}
	export class RuleList {
	    rules: lineup.Rule[];
	
	    static createFrom(source: any = {}) {
	        return new RuleList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.rules = this.convertValues(source["rules"], lineup.Rule);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RuleSession {
	    event_id: string;
	    event: string;
	    series: string;
	    session: jsontypes.Session;
	    decided: boolean;
	    by: string;
	
	    static createFrom(source: any = {}) {
	        return new RuleSession(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.event_id = source["event_id"];
	        this.event = source["event"];
	        this.series = source["series"];
	        this.session = this.convertValues(source["session"], jsontypes.Session);
	        this.decided = source["decided"];
	        this.by = source["by"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RuleProblem {
	    field: string;
	    index: number;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new RuleProblem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.field = source["field"];
	        this.index = source["index"];
	        this.message = source["message"];
	    }
	}
	export class RulePreview {
	    problems: RuleProblem[];
	    sessions: RuleSession[];
	    count: number;
	    streams: jsontypes.Stream[];
	    taken: number;
	
	    static createFrom(source: any = {}) {
	        return new RulePreview(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.problems = this.convertValues(source["problems"], RuleProblem);
	        this.sessions = this.convertValues(source["sessions"], RuleSession);
	        this.count = source["count"];
	        this.streams = this.convertValues(source["streams"], jsontypes.Stream);
	        this.taken = source["taken"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class RuleRef {
	    place: number;
	    name: string;
	    fixed: boolean;
	    chooses: boolean;
	
	    static createFrom(source: any = {}) {
	        return new RuleRef(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.place = source["place"];
	        this.name = source["name"];
	        this.fixed = source["fixed"];
	        this.chooses = source["chooses"];
	    }
	}
	
	export class RuleTrial {
	    rule: lineup.Rule;
	    place: number;
	
	    static createFrom(source: any = {}) {
	        return new RuleTrial(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.rule = this.convertValues(source["rule"], lineup.Rule);
	        this.place = source["place"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SessionFeeds {
	    event_id: string;
	    event: string;
	    session: string;
	    session_type: string;
	    status: string;
	    // Go type: time
	    start?: any;
	    // Go type: time
	    end?: any;
	    streams: jsontypes.Stream[];
	    count: number;
	    listed: number;
	    rule?: RuleRef;
	    layout: string;
	    delay?: number;
	
	    static createFrom(source: any = {}) {
	        return new SessionFeeds(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.event_id = source["event_id"];
	        this.event = source["event"];
	        this.session = source["session"];
	        this.session_type = source["session_type"];
	        this.status = source["status"];
	        this.start = this.convertValues(source["start"], null);
	        this.end = this.convertValues(source["end"], null);
	        this.streams = this.convertValues(source["streams"], jsontypes.Stream);
	        this.count = source["count"];
	        this.listed = source["listed"];
	        this.rule = this.convertValues(source["rule"], RuleRef);
	        this.layout = source["layout"];
	        this.delay = source["delay"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Settings {
	    settings: Record<string, string>;
	    fixed: string[];
	    restart: string[];
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.settings = source["settings"];
	        this.fixed = source["fixed"];
	        this.restart = source["restart"];
	    }
	}
	export class string {
	
	
	    static createFrom(source: any = {}) {
	        return new string(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	
	    }
	}
	export class SettingsChange {
	    settings: Record<string, string>;
	    fixed?: string[];
	    restart?: string[];
	
	    static createFrom(source: any = {}) {
	        return new SettingsChange(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.settings = source["settings"];
	        this.fixed = source["fixed"];
	        this.restart = source["restart"];
	    }
	}
	export class Source {
	    key: string;
	    name: string;
	    kind: string;
	    enabled: boolean;
	    file: string;
	    error?: string;
	    not_yet?: string;
	    // Go type: time
	    looks_again?: any;
	    // Go type: time
	    last_run?: any;
	    stream_count: number;
	    live_count: number;
	    running: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Source(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.name = source["name"];
	        this.kind = source["kind"];
	        this.enabled = source["enabled"];
	        this.file = source["file"];
	        this.error = source["error"];
	        this.not_yet = source["not_yet"];
	        this.looks_again = this.convertValues(source["looks_again"], null);
	        this.last_run = this.convertValues(source["last_run"], null);
	        this.stream_count = source["stream_count"];
	        this.live_count = source["live_count"];
	        this.running = source["running"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SourceLink {
	    url: string;
	
	    static createFrom(source: any = {}) {
	        return new SourceLink(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	    }
	}
	export class SourceList {
	    sources: Source[];
	
	    static createFrom(source: any = {}) {
	        return new SourceList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sources = this.convertValues(source["sources"], Source);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SourceSwitch {
	    enabled: boolean;
	
	    static createFrom(source: any = {}) {
	        return new SourceSwitch(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.enabled = source["enabled"];
	    }
	}
	export class SourceText {
	    text: string;
	    list?: string;
	
	    static createFrom(source: any = {}) {
	        return new SourceText(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.list = source["list"];
	    }
	}
	export class SpareChoice {
	    stream_ids: string[];
	    back_after?: number;
	
	    static createFrom(source: any = {}) {
	        return new SpareChoice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_ids = source["stream_ids"];
	        this.back_after = source["back_after"];
	    }
	}
	export class SpareList {
	    spares: spares.Spare[];
	    by_hand: boolean;
	    back_after: number;
	
	    static createFrom(source: any = {}) {
	        return new SpareList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.spares = this.convertValues(source["spares"], spares.Spare);
	        this.by_hand = source["by_hand"];
	        this.back_after = source["back_after"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SpareSwitch {
	    stream_id?: string;
	    reason?: string;
	
	    static createFrom(source: any = {}) {
	        return new SpareSwitch(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_id = source["stream_id"];
	        this.reason = source["reason"];
	    }
	}
	export class StreamChanges {
	    streams: jsontypes.Stream[];
	    gone: string[];
	    since: string;
	    whole: boolean;
	    more: boolean;
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new StreamChanges(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.streams = this.convertValues(source["streams"], jsontypes.Stream);
	        this.gone = source["gone"];
	        this.since = source["since"];
	        this.whole = source["whole"];
	        this.more = source["more"];
	        this.count = source["count"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class StreamList {
	    streams: jsontypes.Stream[];
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new StreamList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.streams = this.convertValues(source["streams"], jsontypes.Stream);
	        this.count = source["count"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class VariantList {
	    variants: proxy.Variant[];
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new VariantList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.variants = this.convertValues(source["variants"], proxy.Variant);
	        this.count = source["count"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace desktop {
	
	export class Command {
	    name: string;
	    page?: string;
	    stream_id?: string;
	    event?: string;
	    session?: string;
	    wall?: string;
	
	    static createFrom(source: any = {}) {
	        return new Command(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.page = source["page"];
	        this.stream_id = source["stream_id"];
	        this.event = source["event"];
	        this.session = source["session"];
	        this.wall = source["wall"];
	    }
	}
	export class DroppedFile {
	    name: string;
	    data: string;
	
	    static createFrom(source: any = {}) {
	        return new DroppedFile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.data = source["data"];
	    }
	}
	export class ShellState {
	    tray: boolean;
	    codecs: string;
	    player: string[];
	
	    static createFrom(source: any = {}) {
	        return new ShellState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.tray = source["tray"];
	        this.codecs = source["codecs"];
	        this.player = source["player"];
	    }
	}

}

export namespace jsontypes {
	
	export class Session {
	    type: string;
	    name: string;
	    // Go type: time
	    start?: any;
	    // Go type: time
	    end?: any;
	    status: string;
	    date?: string;
	    // Go type: time
	    moved_from?: any;
	    over_time?: boolean;
	    overridden?: boolean;
	    in_doubt?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Session(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.name = source["name"];
	        this.start = this.convertValues(source["start"], null);
	        this.end = this.convertValues(source["end"], null);
	        this.status = source["status"];
	        this.date = source["date"];
	        this.moved_from = this.convertValues(source["moved_from"], null);
	        this.over_time = source["over_time"];
	        this.overridden = source["overridden"];
	        this.in_doubt = source["in_doubt"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RaceEvent {
	    id: string;
	    series: string;
	    season: string;
	    round: number;
	    name: string;
	    circuit: string;
	    locality: string;
	    country: string;
	    sessions: Session[];
	    calendar?: string;
	    color?: string;
	    overridden?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new RaceEvent(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.series = source["series"];
	        this.season = source["season"];
	        this.round = source["round"];
	        this.name = source["name"];
	        this.circuit = source["circuit"];
	        this.locality = source["locality"];
	        this.country = source["country"];
	        this.sessions = this.convertValues(source["sessions"], Session);
	        this.calendar = source["calendar"];
	        this.color = source["color"];
	        this.overridden = source["overridden"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Schedule {
	    events: RaceEvent[];
	    // Go type: time
	    fetched_at?: any;
	    stale: boolean;
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new Schedule(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.events = this.convertValues(source["events"], RaceEvent);
	        this.fetched_at = this.convertValues(source["fetched_at"], null);
	        this.stale = source["stale"];
	        this.error = source["error"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Step {
	    what: string;
	    method: string;
	    url: string;
	    status: number;
	    duration_ms: number;
	    bytes: number;
	    yield: number;
	    error: string;
	
	    static createFrom(source: any = {}) {
	        return new Step(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.what = source["what"];
	        this.method = source["method"];
	        this.url = source["url"];
	        this.status = source["status"];
	        this.duration_ms = source["duration_ms"];
	        this.bytes = source["bytes"];
	        this.yield = source["yield"];
	        this.error = source["error"];
	    }
	}
	export class Stream {
	    id: string;
	    url: string;
	    site_key: string;
	    site_name: string;
	    quality: string;
	    title: string;
	    group?: string;
	    logo?: string;
	    // Go type: time
	    extracted_at: any;
	    is_live?: boolean;
	    response_time_ms?: number;
	    // Go type: time
	    checked_at?: any;
	    bitrate?: number;
	
	    static createFrom(source: any = {}) {
	        return new Stream(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.url = source["url"];
	        this.site_key = source["site_key"];
	        this.site_name = source["site_name"];
	        this.quality = source["quality"];
	        this.title = source["title"];
	        this.group = source["group"];
	        this.logo = source["logo"];
	        this.extracted_at = this.convertValues(source["extracted_at"], null);
	        this.is_live = source["is_live"];
	        this.response_time_ms = source["response_time_ms"];
	        this.checked_at = this.convertValues(source["checked_at"], null);
	        this.bitrate = source["bitrate"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Trial {
	    name?: string;
	    streams: Stream[];
	    count: number;
	    steps: Step[];
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new Trial(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.streams = this.convertValues(source["streams"], Stream);
	        this.count = source["count"];
	        this.steps = this.convertValues(source["steps"], Step);
	        this.error = source["error"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace lineup {
	
	export class PreflightFeed {
	    stream_id: string;
	    title: string;
	    site_key: string;
	    site_name: string;
	    ready: boolean;
	    problem: string;
	    advice: string;
	
	    static createFrom(source: any = {}) {
	        return new PreflightFeed(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_id = source["stream_id"];
	        this.title = source["title"];
	        this.site_key = source["site_key"];
	        this.site_name = source["site_name"];
	        this.ready = source["ready"];
	        this.problem = source["problem"];
	        this.advice = source["advice"];
	    }
	}
	export class PreflightSource {
	    key: string;
	    name: string;
	    error: string;
	    advice: string;
	
	    static createFrom(source: any = {}) {
	        return new PreflightSource(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.name = source["name"];
	        this.error = source["error"];
	        this.advice = source["advice"];
	    }
	}
	export class Rule {
	    name: string;
	    series: string;
	    event: string;
	    session: string;
	    sources: string[];
	    titles: string[];
	    layout: string;
	    spare: boolean;
	    spare_back: string;
	    delay: string;
	    fixed: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Rule(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.series = source["series"];
	        this.event = source["event"];
	        this.session = source["session"];
	        this.sources = source["sources"];
	        this.titles = source["titles"];
	        this.layout = source["layout"];
	        this.spare = source["spare"];
	        this.spare_back = source["spare_back"];
	        this.delay = source["delay"];
	        this.fixed = source["fixed"];
	    }
	}

}

export namespace link {
	
	export class Response {
	    status: number;
	    etag: string;
	    body: string;
	
	    static createFrom(source: any = {}) {
	        return new Response(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.status = source["status"];
	        this.etag = source["etag"];
	        this.body = source["body"];
	    }
	}

}

export namespace offsets {
	
	export class NewOffset {
	    source: string;
	    feed?: string;
	    kind?: string;
	    ms?: number;
	
	    static createFrom(source: any = {}) {
	        return new NewOffset(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.source = source["source"];
	        this.feed = source["feed"];
	        this.kind = source["kind"];
	        this.ms = source["ms"];
	    }
	}
	export class Offset {
	    source: string;
	    feed?: string;
	    kind?: string;
	    ms: number;
	
	    static createFrom(source: any = {}) {
	        return new Offset(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.source = source["source"];
	        this.feed = source["feed"];
	        this.kind = source["kind"];
	        this.ms = source["ms"];
	    }
	}

}

export namespace pairing {
	
	export class Phone {
	    id: string;
	    name: string;
	    // Go type: time
	    paired_at: any;
	    // Go type: time
	    seen_at: any;
	
	    static createFrom(source: any = {}) {
	        return new Phone(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.paired_at = this.convertValues(source["paired_at"], null);
	        this.seen_at = this.convertValues(source["seen_at"], null);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace proxy {
	
	export class Variant {
	    name: string;
	    bandwidth: number;
	    average_bandwidth: number;
	    width: number;
	    height: number;
	    frame_rate: number;
	    codecs: string;
	    video_range: string;
	
	    static createFrom(source: any = {}) {
	        return new Variant(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.bandwidth = source["bandwidth"];
	        this.average_bandwidth = source["average_bandwidth"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.frame_rate = source["frame_rate"];
	        this.codecs = source["codecs"];
	        this.video_range = source["video_range"];
	    }
	}

}

export namespace screens {
	
	export class Acknowledgement {
	    command: string;
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new Acknowledgement(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.command = source["command"];
	        this.error = source["error"];
	    }
	}
	export class CommandArguments {
	    stream_id?: string;
	    place?: number;
	    with?: number;
	    seconds?: number;
	    volume?: number;
	    muted?: boolean;
	    mix?: boolean;
	    layout?: string;
	    wall?: string;
	
	    static createFrom(source: any = {}) {
	        return new CommandArguments(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_id = source["stream_id"];
	        this.place = source["place"];
	        this.with = source["with"];
	        this.seconds = source["seconds"];
	        this.volume = source["volume"];
	        this.muted = source["muted"];
	        this.mix = source["mix"];
	        this.layout = source["layout"];
	        this.wall = source["wall"];
	    }
	}
	export class ScreenTile {
	    place: number;
	    stream_id: string;
	    title: string;
	    state: string;
	    muted: boolean;
	    volume: number;
	    behind_live?: number;
	
	    static createFrom(source: any = {}) {
	        return new ScreenTile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.place = source["place"];
	        this.stream_id = source["stream_id"];
	        this.title = source["title"];
	        this.state = source["state"];
	        this.muted = source["muted"];
	        this.volume = source["volume"];
	        this.behind_live = source["behind_live"];
	    }
	}
	export class Screen {
	    id: string;
	    revision: string;
	    // Go type: time
	    seen_at: any;
	    name: string;
	    wall: string;
	    layout: string;
	    delay?: number;
	    sound: string;
	    muted: boolean;
	    focused: number;
	    tiles: ScreenTile[];
	
	    static createFrom(source: any = {}) {
	        return new Screen(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.revision = source["revision"];
	        this.seen_at = this.convertValues(source["seen_at"], null);
	        this.name = source["name"];
	        this.wall = source["wall"];
	        this.layout = source["layout"];
	        this.delay = source["delay"];
	        this.sound = source["sound"];
	        this.muted = source["muted"];
	        this.focused = source["focused"];
	        this.tiles = this.convertValues(source["tiles"], ScreenTile);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ScreenStream {
	    id: string;
	    title: string;
	    site_name: string;
	    quality: string;
	    is_live?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ScreenStream(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.site_name = source["site_name"];
	        this.quality = source["quality"];
	        this.is_live = source["is_live"];
	    }
	}

}

export namespace spares {
	
	export class Spare {
	    stream_id: string;
	    title: string;
	    quality: string;
	    site_key: string;
	    site_name: string;
	    state: string;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new Spare(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stream_id = source["stream_id"];
	        this.title = source["title"];
	        this.quality = source["quality"];
	        this.site_key = source["site_key"];
	        this.site_name = source["site_name"];
	        this.state = source["state"];
	        this.message = source["message"];
	    }
	}

}

export namespace wall {
	
	export class Clock {
	    now: number;
	
	    static createFrom(source: any = {}) {
	        return new Clock(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.now = source["now"];
	    }
	}
	export class OffsetChange {
	    version?: number;
	    offsets: offsets.NewOffset[];
	
	    static createFrom(source: any = {}) {
	        return new OffsetChange(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.offsets = this.convertValues(source["offsets"], offsets.NewOffset);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class OffsetList {
	    version: number;
	    offsets: offsets.Offset[];
	
	    static createFrom(source: any = {}) {
	        return new OffsetList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.offsets = this.convertValues(source["offsets"], offsets.Offset);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RemoteAccess {
	    available: boolean;
	    on: boolean;
	    addresses: string[];
	    code: string;
	    // Go type: time
	    code_expires_at?: any;
	    phones: pairing.Phone[];
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new RemoteAccess(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.available = source["available"];
	        this.on = source["on"];
	        this.addresses = source["addresses"];
	        this.code = source["code"];
	        this.code_expires_at = this.convertValues(source["code_expires_at"], null);
	        this.phones = this.convertValues(source["phones"], pairing.Phone);
	        this.error = source["error"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ScreenCommand {
	    command: string;
	    arguments: screens.CommandArguments;
	    revision?: string;
	
	    static createFrom(source: any = {}) {
	        return new ScreenCommand(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.command = source["command"];
	        this.arguments = this.convertValues(source["arguments"], screens.CommandArguments);
	        this.revision = source["revision"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ScreenList {
	    screens: screens.Screen[];
	    walls: string[];
	
	    static createFrom(source: any = {}) {
	        return new ScreenList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.screens = this.convertValues(source["screens"], screens.Screen);
	        this.walls = source["walls"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ScreenReport {
	    page: string;
	    name: string;
	    wall: string;
	    layout: string;
	    delay?: number;
	    sound: string;
	    muted: boolean;
	    focused: number;
	    tiles: screens.ScreenTile[];
	    acknowledged: screens.Acknowledgement[];
	
	    static createFrom(source: any = {}) {
	        return new ScreenReport(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.page = source["page"];
	        this.name = source["name"];
	        this.wall = source["wall"];
	        this.layout = source["layout"];
	        this.delay = source["delay"];
	        this.sound = source["sound"];
	        this.muted = source["muted"];
	        this.focused = source["focused"];
	        this.tiles = this.convertValues(source["tiles"], screens.ScreenTile);
	        this.acknowledged = this.convertValues(source["acknowledged"], screens.Acknowledgement);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ScreenStreamSet {
	    streams: screens.ScreenStream[];
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new ScreenStreamSet(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.streams = this.convertValues(source["streams"], screens.ScreenStream);
	        this.count = source["count"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class WallList {
	    walls: walls.Wall[];
	
	    static createFrom(source: any = {}) {
	        return new WallList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.walls = this.convertValues(source["walls"], walls.Wall);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace walls {
	
	export class Wall {
	    name: string;
	    revision: string;
	    wall: number[];
	
	    static createFrom(source: any = {}) {
	        return new Wall(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.revision = source["revision"];
	        this.wall = source["wall"];
	    }
	}

}

