/* shown in src/site/markdown/spring.md */
