/** The document of the wall as it is stored: readWall reads it, writeWall keeps the fields of other versions. */
export type Layouts = Record<string, unknown>
