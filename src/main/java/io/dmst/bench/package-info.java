/** Measures: the bare engine, a server under load, and what the server itself costs. */
@NullMarked
package io.dmst.bench;

import org.jspecify.annotations.NullMarked;
