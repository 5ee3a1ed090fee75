/** The HTTP interface: controllers, their records, and one table from failures to problems. */
@NullMarked
package io.dmst.serve.http;

import org.jspecify.annotations.NullMarked;
