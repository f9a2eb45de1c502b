/* assert() without Apple's SDK: a release never evaluates it. */
#undef assert
#define assert(condition) ((void)0)
