package io.dmst.core.explain.picture;

/**
 * Colours of groups: the eight of Okabe and Ito, told apart by colour-blind people, grey in the
 * place of black; the groups after them take the same colours, darker. Every picture that uses them
 * names the group beside its colour.
 */
public final class GroupColours {

    private static final int[] OKABE_ITO = {
        0xe69f00, 0x56b4e9, 0x009e73, 0xcc79a7, 0x0072b2, 0xd55e00, 0xf0e442, 0x999999
    };

    private GroupColours() {}

    /** The colour of a group, from 0: red, green and blue in the lower 24 bits. */
    public static int of(int group) {
        int colour = OKABE_ITO[group % OKABE_ITO.length];
        int round = group / OKABE_ITO.length;
        for (int i = 0; i < round; i++) {
            colour = (colour & 0xfefefe) >> 1;
        }
        return colour;
    }
}
