/** Tags of TIFF 6.0 and DNG 1.7, as they stand in the first directory. */
const NEW_SUBFILE_TYPE = 254
const SUB_IFDS = 330
const DNG_VERSION = 50_706
const ENTRY_BYTES = 12

/**
 * Whether a TIFF is a camera's raw file (DNG, NEF, ARW, CR2 and their like): its first image is a thumbnail then, and
 * that is all that a TIFF decoder would find.
 *
 * @param head the beginning of a file that begins as a TIFF does
 */
export function isCameraRaw(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (view.byteLength < 12) return false
  const little = head[0] === 0x49
  // Canon's CR2 says so right behind the header.
  if (view.getUint32(8) === 0x43_52_02_00) return true
  const directory = view.getUint32(4, little)
  if (directory + 2 > view.byteLength) return false
  const entries = view.getUint16(directory, little)
  let hasSubDirectories = false
  let isReduced = false
  for (let index = 0; index < entries; index++) {
    const entry = directory + 2 + index * ENTRY_BYTES
    if (entry + ENTRY_BYTES > view.byteLength) break
    const tag = view.getUint16(entry, little)
    if (tag === DNG_VERSION) return true
    if (tag === SUB_IFDS) hasSubDirectories = true
    if (tag === NEW_SUBFILE_TYPE) isReduced = (view.getUint32(entry + 8, little) & 1) === 1
  }
  return hasSubDirectories && isReduced
}
