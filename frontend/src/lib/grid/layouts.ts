/** The stored document of the wall. readWall reads it; writeWall keeps fields of other versions. */
export type Layouts = Record<string, unknown>
