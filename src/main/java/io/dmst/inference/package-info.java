/** The port through which everybody asks a model, and the closed vocabulary of its failures. */
@NullMarked
package io.dmst.inference;

import org.jspecify.annotations.NullMarked;
