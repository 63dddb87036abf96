export { readableBy, type CommentReader, type CommentRow } from "./rows";
export { isBlindTo, listComments, MOST_COMMENTS, type CommentPage, type CommentPosition } from "./read";
export { handlesOf, type Handle } from "./mentions";
export { addComment, changeComment, deleteComment, readHandles, type CommentText, type NewComment } from "./write";
