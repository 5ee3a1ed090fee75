/** How usual an image is for a model, and whether many of them drift away from its data. */
@NullMarked
package io.dmst.core.typicality;

import org.jspecify.annotations.NullMarked;
