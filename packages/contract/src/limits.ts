/** What a member may do; shown to clients in the instance entity and enforced by the schemas. */
export const LIMITS = {
  captionCharacters: 5000,
  photosPerPost: 10,
  descriptionCharacters: 1500,
  displayNameCharacters: 30,
  noteCharacters: 500,
  passwordMin: 8,
  passwordMax: 128,
  imagePixels: 100_000_000,
  idempotencyKeyCharacters: 255,
  lists: 50,
  listMembers: 1000,
  listTitleCharacters: 256,
} as const

export const PHOTO_TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/avif",
  "image/gif",
  "image/tiff",
] as const

/** The widths that photos are developed to; never wider than the photo itself. */
export const RENDITION_WIDTHS = [320, 640, 1080, 2048] as const

/** The rendition shown in lists and grids. */
export const PREVIEW_WIDTH = 640

/**
 * The widths in which a developed photo exists.
 *
 * @param largest width of its largest rendition, which is `meta.original.width` of the attachment
 */
export const renditionWidths = (largest: number): number[] => [
  ...RENDITION_WIDTHS.filter((width) => width < largest),
  largest,
]

/** The classes of jobs. */
export const JOB_CLASSES = ["media", "feed", "notify", "mail", "push", "transfer", "upkeep"] as const
