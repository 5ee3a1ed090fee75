/**
 * Bytes ↔ pixels: guarded decode, orientation, resize, PNG encode; serving and training share it.
 */
@NullMarked
package io.dmst.core.image;

import org.jspecify.annotations.NullMarked;
