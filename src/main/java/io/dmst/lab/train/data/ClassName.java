package io.dmst.lab.train.data;

import java.io.IOException;

/** What a folder must be named to name a class: one line that a list of labels gives back. */
final class ClassName {

    private static final int UNREADABLE = 0xfffd;

    private ClassName() {}

    /**
     * @throws IOException if the name cannot be a label, saying why
     */
    static void check(String folder, String name) throws IOException {
        if (!name.equals(name.strip()) || name.codePoints().anyMatch(ClassName::refused)) {
            throw new IOException(
                    "the class folder %s'%s' cannot name a class: expected one line without control or unreadable characters and no blank at either end; rename the folder"
                            .formatted(folder, shown(name)));
        }
    }

    private static boolean refused(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    true;
            default -> c == UNREADABLE;
        };
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.codePoints()
                .forEach(c -> {
                    if (refused(c)) {
                        shown.append("\\u%04x".formatted(c));
                    } else {
                        shown.appendCodePoint(c);
                    }
                });
        return shown.toString();
    }
}
